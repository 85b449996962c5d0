"""What no schema can say, and what schemathesis therefore must not send as valid. Every line has its reason."""

import schemathesis

# A query names one of these, which OpenAPI cannot say of parameters.
ROLE_IN_QUERY = {("DELETE", "/roles/delete"), ("DELETE", "/memberships/remove"), ("GET", "/roles/get-rights")}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    body = case.body if isinstance(case.body, dict) else {}
    # A cursor comes from the page before. Any other text is refused.
    for part in (case.query or {}, body):
        part.pop("cursor", None)
    if (case.method, case.path) in ROLE_IN_QUERY:
        case.query.pop("type", None)
        case.query.setdefault("roleId", "guest")
    # A new password is judged by what it is made of. Without one, a mail invites the user.
    if case.path == "/admin/create-user":
        body.pop("password", None)
    # A language tag has rules across its parts.
    for part in (body, body.get("admin") or {}):
        if "language" in part:
            part["language"] = "de"
    # A return URL is one of a list of the deployment, and this server has none.
    body.pop("returnTo", None)
    # A tenant's name holds no link, its colour is seen on light and dark pages, its logo is an image, and its URLs are as browsers write them.
    for part in ("branding", "returnUrls"):
        (body.get("settings") or {}).pop(part, None)
    # Nobody becomes superadmin by confirming an address.
    if case.path == "/roles/set-default":
        for part in ("roleId", "type"):
            if body.get(part) == "superadmin":
                body[part] = "user"
    # A right names a registered URL, and a permission a declared one.
    if case.path.startswith("/roles/"):
        for part in ("rights", "add", "remove", "permissions"):
            if part in body:
                body[part] = []
    # A role cannot end in the past, nor end before it starts.
    if case.path == "/roles/assign":
        body.pop("validUntil", None)
    # Names of resources have no control or invisible characters, and a letter with its accent is one character.
    if case.path.startswith("/memberships/"):
        for part in (case.query or {}, body):
            if "resource" in part:
                part["resource"] = "projects/7"
    # Conditions have rules across fields, and time zones and address ranges of the runtime.
    # URLs of policies must be registered. Wildcards in names of resources stand alone between slashes.
    for policy in body.get("policies") or []:
        policy.pop("conditions", None)
        is_about_urls = policy["resources"][0].startswith("/")
        policy["resources"] = ["/profile/me" if is_about_urls else "projects/*"]
        if is_about_urls:
            policy["actions"] = ["GET"]
