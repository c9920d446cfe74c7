"""The SOAP door: `login` by username and password, which older clients use before they turn to REST."""

import re
from typing import Any
from xml.sax.saxutils import escape, unescape

from local.simulators.kernel.http import Request
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.describing import OLDEST
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.problems import method_not_allowed

PATH = re.compile(r"/services/Soap/([uc])/(\d+)\.0(?:/\w*)?")
SECONDS = 7_200
_XML = "text/xml;charset=UTF-8"
_WRONG = "Invalid username, password, security token; or user locked out."
_KINDS = {"u": "partner", "c": "enterprise"}


def login(org: Org, request: Request, base_url: str) -> Answer:
    """The answer to a SOAP call: a session, or a fault with status 500."""
    found = PATH.fullmatch(request.path)
    if request.method != "POST" or found is None:
        raise method_not_allowed(request.method, ("POST",))
    kind, version = _KINDS[found.group(1)], int(found.group(2))
    text = request.body.decode("utf-8", "replace")
    if version < OLDEST:
        return _fault(kind, "UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    if not re.search(r"<(?:\w+:)?login\b", text):
        return _fault(kind, "INVALID_OPERATION", "Only login is served here")
    user_id = org.login.by_password(_inside(text, "username"), _inside(text, "password"))
    if user_id is None:
        return _fault(kind, "INVALID_LOGIN", _WRONG)
    return Answer(200, _session(org, user_id, f"{base_url}/services/Soap", request.path), content_type=_XML)


def _inside(text: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}[^>]*>(.*?)</", text, re.DOTALL)
    return unescape(found.group(1), {"&quot;": '"', "&apos;": "'"}) if found else ""


def _session(org: Org, user_id: str, soap_url: str, path: str) -> bytes:
    short, version = org.world.org_id[:15], path.split("/")[4]
    result = {
        "metadataServerUrl": f"{soap_url}/m/{version}/{short}",
        "passwordExpired": False,
        "sandbox": False,
        "serverUrl": f"{soap_url}/{path.split('/')[3]}/{version}/{short}",
        "sessionId": org.sessions.open(user_id, next(iter(org.apps))),
        "userId": user_id,
        "userInfo": _user_info(org, user_id),
    }
    kind = _KINDS[path.split("/")[3]]
    inside = f"<loginResponse><result>{_elements(result)}</result></loginResponse>"
    return _envelope(f' xmlns="urn:{kind}.soap.sforce.com"', inside)


def _user_info(org: Org, user_id: str) -> dict[str, Any]:
    row = org.world.find(user_id) or {}
    return {
        "accessibilityMode": False,
        "currencySymbol": "$",
        "organizationId": org.world.org_id,
        "organizationMultiCurrency": False,
        "organizationName": (org.world.find(org.world.org_id) or {}).get("Name"),
        "profileId": row.get("ProfileId"),
        "roleId": None,
        "sessionSecondsValid": SECONDS,
        "userDefaultCurrencyIsoCode": None,
        "userEmail": row.get("Email"),
        "userFullName": row.get("Name"),
        "userId": user_id,
        "userLanguage": row.get("LanguageLocaleKey"),
        "userLocale": row.get("LocaleSidKey"),
        "userName": row.get("Username"),
        "userTimeZone": row.get("TimeZoneSidKey"),
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }


def _elements(values: dict[str, Any]) -> str:
    made = ""
    for name, value in values.items():
        if value is None:
            made += f'<{name} xsi:nil="true"/>'
        else:
            inside = _elements(value) if isinstance(value, dict) else _text(value)
            made += f"<{name}>{inside}</{name}>"
    return made


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _fault(kind: str, code: str, message: str) -> Answer:
    spaces = f' xmlns:sf="urn:fault.{kind}.soap.sforce.com"'
    fault = "LoginFault" if code == "INVALID_LOGIN" else "UnexpectedErrorFault"
    detail = f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{message}</sf:exceptionMessage>"
    inside = (
        f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring>"
        f'<detail><sf:{fault} xsi:type="sf:{fault}">{detail}</sf:{fault}></detail></soapenv:Fault>'
    )
    return Answer(500, _envelope(spaces, inside), outcome=code, content_type=_XML)


def _envelope(spaces: str, inside: str) -> bytes:
    soap, schema = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2001/XMLSchema-instance"
    head = f'<soapenv:Envelope xmlns:soapenv="{soap}"{spaces} xmlns:xsi="{schema}">'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>'.encode()
    )
