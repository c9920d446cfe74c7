// Drives node-marketo-rest through its usual calls and prints what it was told as one line of JSON.
// `run_node_marketo.js MODULES ADDRESS STORY`, where STORY names one of the functions below.
const [modules, address, story] = process.argv.slice(2);
const Marketo = require(`${modules}/node-marketo-rest`);

const client = new Marketo({
  endpoint: `${address}/rest`, identity: `${address}/identity`, clientId: 'demo-client', clientSecret: 'demo-secret',
  retry: { initialDelay: 50, maxDelay: 100 },
});
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function everyPage(page) {
  const found = [];
  while (page) {
    found.push(...(page.result || []));
    page = page.nextPageToken && page.moreResult !== false ? await page.nextPage() : null;
  }
  return found;
}

const stories = {
  async reads() {
    const day = new Date(Date.now() - 30 * 86400e3).toISOString().slice(0, 19) + 'Z';
    const token = (await client.lead.getPageToken(day)).nextPageToken;
    return {
      fields: (await client.lead.describe()).result.length,
      types: (await client.activities.getActivityTypes()).result.length,
      lists: (await everyPage(await client.list.find({}))).map((list) => list.id),
      campaigns: (await everyPage(await client.campaign.getCampaigns({}))).map((one) => one.id),
      created: (await everyPage(await client.lead.getActivitiesWithOptions(
        { activityTypeIds: '12', nextPageToken: token }))).map((one) => one.leadId),
      one: (await client.lead.byId(1003, { fields: ['email', 'lastName'] })).result,
      several: (await client.lead.find('id', [1003, 1004, 999999], { fields: ['email'] })).result.map((lead) => lead.id),
    };
  },
  async writes() {
    const made = (await client.lead.createOrUpdate([{ email: 'node@example.net', firstName: 'Node' }],
      { lookupField: 'email' })).result;
    const id = made[0].id;
    const list = (await client.list.find({ name: 'List 0' })).result[0].id;
    const added = (await client.list.addLeadsToList(list, [id])).result;
    const asked = (await client.list.isMember(list, [id])).result;
    const members = (await client.list.getLeads(list)).result.map((lead) => lead.id);
    const removed = (await client.list.removeLeadsFromList(list, [id])).result;
    return { made, added, asked, members, removed };
  },
  async bulk() {
    const span = { startAt: new Date(Date.now() - 30 * 86400e3).toISOString(), endAt: new Date().toISOString() };
    const told = {};
    for (const [kind, create] of Object.entries({
      bulkLeadExtract: (api) => api.create(['id', 'email'], { createdAt: span }),
      bulkActivityExtract: (api) => api.create({ createdAt: span, activityTypeIds: [12] }),
    })) {
      const id = (await create(client[kind])).result[0].exportId;
      await client[kind].enqueue(id);
      let status = {};
      for (let look = 0; look < 50 && status.status !== 'Completed'; look += 1) {
        await wait(50);
        status = (await client[kind].status(id)).result[0];
      }
      const file = String(await client[kind].file(id));
      const idle = (await create(client[kind])).result[0].exportId;
      const cancelled = (await client[kind].cancel(idle)).result[0].status;
      told[kind] = { status: status.status, records: status.numberOfRecords, lines: file.trim().split('\n').length, cancelled };
    }
    return told;
  },
};

stories[story]().then(
  (told) => { console.log(JSON.stringify(told)); process.exit(0); },
  (problem) => { console.error(problem); process.exit(1); },
);
