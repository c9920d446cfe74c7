// Drives jsforce through its usual calls and prints what it was told as one line of JSON.
// `run_jsforce.js MODULES ADDRESS STORY TOKEN REFRESH`, where STORY names one of the functions below.
const [modules, address, story, accessToken, refreshToken] = process.argv.slice(2);
const jsforce = require(`${modules}/jsforce`);

const app = { loginUrl: address, clientId: 'demo-client', clientSecret: 'demo-secret' };
const connected = (more = {}) => new jsforce.Connection({ instanceUrl: address, accessToken, version: '62.0', ...more });
const conn = connected();
const refused = async (promise) => { try { await promise; return ''; } catch (problem) { return problem.errorCode; } };

async function everyPage(soql) {
  const found = [];
  let page = await conn.query(soql);
  found.push(...page.records);
  let pages = 1;
  while (!page.done) {
    page = await conn.queryMore(page.nextRecordsUrl);
    found.push(...page.records);
    pages += 1;
  }
  return { total: page.totalSize, pages, found };
}

const stories = {
  async reads() {
    const fields = (await conn.sobject('Lead').describe()).fields.map((field) => field.name);
    const leads = await everyPage(`SELECT ${fields.join(', ')} FROM Lead`);
    const living = leads.found.map((lead) => lead.Id);
    return {
      objects: (await conn.describeGlobal()).sobjects.map((kind) => kind.name),
      fields, leads,
      all: (await conn.query('SELECT Id, Name, IsDeleted FROM Lead ORDER BY SystemModstamp, Id',
        { autoFetch: true, maxFetch: 5000, scanAll: true })).records,
      tied: await conn.sobject('Lead').find({ Company: 'Data load' }, 'Id, Name').sort({ Name: 1 }).limit(30)
        .execute({ autoFetch: true, maxFetch: 30 }),
      counted: await conn.sobject('Contact').count({ Email: { $ne: null } }),
      one: await conn.sobject('Lead').retrieve(living[5]),
      several: await conn.sobject('Lead').retrieve(living.slice(0, 150), { fields: ['Id', 'LastName'] }),
      children: (await conn.query('SELECT Id, Account.Name, (SELECT Id, Subject FROM Tasks) FROM Contact WHERE Id IN ' +
        '(SELECT WhoId FROM Task) ORDER BY Id LIMIT 3')).records,
      limits: (await conn.limits()).DailyApiRequests,
      usage: conn.limitInfo.apiUsage,
      who: (await conn.identity()).username,
    };
  },
  async writes() {
    const contacts = conn.sobject('Contact');
    const tasks = conn.sobject('Task');
    const one = await contacts.create({ LastName: 'Jsforce', Email: 'js@example.net' });
    const created = await contacts.create([1, 2, 3].map((n) => ({ LastName: `Many ${n}` })));
    const updated = await contacts.update(created.map(({ id }, n) => ({ Id: id, Title: `Title ${n}` })));
    const single = await contacts.update({ Id: one.id, Title: 'Chief' });
    const first = await tasks.upsert({ Subject: 'One', WhoId: one.id, Lockstep_Key__c: 'k1' }, 'Lockstep_Key__c');
    const many = await tasks.upsert(['k1', 'k2', 'k3'].map((key) => (
      { Subject: `By ${key}`, WhoId: one.id, Lockstep_Key__c: key })), 'Lockstep_Key__c');
    const partly = await contacts.create([{ LastName: 'Good' }, { Email: 'nobody' }, { LastName: 'Also good' }]);
    const together = await contacts.create([{ LastName: 'Never' }, { Email: 'nobody' }], { allOrNone: true });
    const deleted = await contacts.destroy(created.slice(0, 2).map(({ id }) => id));
    const gone = await contacts.destroy(partly[0].id);
    const composite = await conn.requestPost('/composite', { allOrNone: true, compositeRequest: [
      { method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'firm', body: { Name: 'Composed' } },
      { method: 'POST', url: '/services/data/v62.0/sobjects/Contact', referenceId: 'person',
        body: { LastName: 'Composed', AccountId: '@{firm.id}' } },
    ] });
    return { one, created, updated, single, first, many, partly, together, deleted, gone, composite };
  },
  async refusals() {
    const contacts = conn.sobject('Contact');
    const { id } = await contacts.create({ LastName: 'Shortly' });
    await contacts.destroy(id);
    return {
      gone: await refused(contacts.update({ Id: id, Title: 'x' })),
      missing: await refused(contacts.create({ Email: 'nobody@example.net' })),
      field: await refused(conn.query('SELECT Nothing FROM Lead')),
      object: await refused(conn.sobject('Nothing').describe()),
      locator: await refused(conn.queryMore('0r8xx0000000001-2000')),
    };
  },
  async bulk() {
    const load = (object, operation, input, more = {}) => conn.bulk2.loadAndWaitForResults(
      { object, operation, input, pollInterval: 50, pollTimeout: 20000, ...more });
    const names = ['One "quoted", and comma', 'Two\nlines', '株式会社 three', ''];
    const inserted = await load('Contact', 'insert', names.map((name) => ({ LastName: name, Title: 'Bulk' })));
    const ids = inserted.successfulResults.map((result) => result.sf__Id);
    const updated = await load('Contact', 'update', ids.map((Id) => ({ Id, Title: 'Changed' })));
    const keyed = (subject) => ['b1', 'b2'].map((key) => ({ Lockstep_Key__c: key, Subject: subject, WhoId: ids[0] }));
    const by = { externalIdFieldName: 'Lockstep_Key__c' };
    const upserted = [await load('Task', 'upsert', keyed('first'), by), await load('Task', 'upsert', keyed('again'), by)];
    const deleted = await load('Contact', 'delete', ids.slice(1).map((Id) => ({ Id })));
    const fields = (await conn.sobject('Lead').describe()).fields
      .filter((field) => field.type !== 'address').map((field) => field.name);
    const query = await conn.bulk2.query(`SELECT ${fields.join(', ')} FROM Lead`,
      { scanAll: true, pollInterval: 50, pollTimeout: 20000 });
    const leads = await query.toArray();
    const idle = conn.bulk2.createJob({ object: 'Contact', operation: 'insert' });
    await idle.open();
    await idle.abort();
    const aborted = (await idle.check()).state;
    await idle.delete();
    return { inserted, updated, upserted, deleted, leads, aborted };
  },
  async changes() {
    const [start, end] = [new Date(Date.now() - 2 * 3600e3), new Date()];
    return { updated: await conn.sobject('Lead').updated(start, end), deleted: await conn.sobject('Lead').deleted(start, end) };
  },
  async logins() {
    const server = new jsforce.Connection({ instanceUrl: address, oauth2: app });
    const asApp = await server.authorize({ grant_type: 'client_credentials' });
    const fresh = await new jsforce.OAuth2(app).refreshToken(refreshToken);
    const renewing = connected({ accessToken: 'gone', refreshToken, oauth2: app });
    let renewed = 0;
    renewing.on('refresh', () => { renewed += 1; });
    const found = (await renewing.query('SELECT Id FROM Lead LIMIT 1')).records.length;
    const user = (await renewing.identity()).user_id;
    await renewing.logout();
    const byPassword = new jsforce.Connection({ loginUrl: address });
    const soap = await byPassword.login('seller1@example.com', 'secret<&>');
    const seen = (await byPassword.query('SELECT Id FROM Lead LIMIT 1')).records.length;
    return { soap: soap.id, seen, asApp: asApp.id, scopes: fresh.scope, instance: fresh.instance_url, renewed, found, user };
  },
};

stories[story]().then(
  (told) => process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0)),
  (problem) => { console.error(problem); process.exit(1); },
);
