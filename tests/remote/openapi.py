# SPDX-License-Identifier: MIT
"""Holds answers against docs/openapi.yaml: operation, status, headers, media type, body. What the document does not
list is a fault."""
import json
import re

import jsonschema
import yaml

# Of HTTP itself, not of the desk.
TRANSPORT = {"date", "content-length", "content-type", "connection"}
# Answers before an operation is known: an unknown address, another method, a malformed request.
NO_OPERATION = ("NotFound", "MethodNotAllowed", "Invalid", "Unauthenticated", "TooLarge", "UnsupportedMedia", "TooMany",
                "HeadersTooLarge", "Unavailable")


def pairs(items):
    names = [name for name, _ in items]
    if len(names) != len(set(names)):
        raise ValueError(f"a member twice: {names}")
    return dict(items)


def strict(text):
    def constant(name):
        raise ValueError(name)
    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.doc = yaml.safe_load(file)
        self.operations = []
        for template, item in self.doc["paths"].items():
            pattern = re.compile("^" + re.sub(r"\\?\{[^}]*\\?\}", "[^/]+", template) + "$")
            for method in ("get", "post", "put", "delete"):
                if method in item:
                    self.operations.append((template.count("{"), pattern, method.upper(), item[method]))
        self.operations.sort(key=lambda entry: entry[0])  # the plainer address first
        self.validators = {}

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            path = node["$ref"]
            node = self.doc
            for part in path.removeprefix("#/").split("/"):
                node = node[part]
        return node

    def all_ids(self):
        return [operation["operationId"] for _, _, _, operation in self.operations]

    def codes(self):
        return self.doc["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]

    def find(self, method, target):
        path = re.split(r"[?#]", target)[0]
        for _, pattern, verb, operation in self.operations:
            if verb == method and pattern.match(path):
                return operation
        return None

    def check(self, value, schema, where):
        """The faults of a value, in words."""
        key = id(schema)
        if key not in self.validators:
            whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema],
                     "components": self.doc["components"]}
            self.validators[key] = jsonschema.Draft202012Validator(whole)
        return [f"{where}: {self.words(error, value)}" for error in self.validators[key].iter_errors(value)]

    def words(self, error, value):
        while error.context:  # of a oneOf, the branch for this type of event
            kind = error.instance.get("type") if isinstance(error.instance, dict) else None
            inside = [e for e in error.context if list(e.path)[-1:] != ["type"]]
            branches = {e.schema_path[0] for e in error.context if list(e.path)[-1:] == ["type"]}
            inside = [e for e in inside if e.schema_path[0] not in branches] or inside
            if not inside:
                return f"unknown type {kind!r} at {list(error.absolute_path)}"
            error = inside[0]
        return f"{error.message[:300]} at {'/'.join(str(p) for p in error.absolute_path) or 'the top'}"

    def responses(self, operation):
        if operation:
            return operation["responses"]
        found = {}
        for name in NO_OPERATION:
            response = self.doc["components"]["responses"][name]
            schema = response["content"]["application/problem+json"]["schema"]
            found[str(schema["allOf"][1]["properties"]["status"]["const"])] = response
        return found

    def check_headers(self, answer, response):
        faults, known = [], {name.lower(): header for name, header in response.get("headers", {}).items()}
        for name, value in answer.headers:
            if name.lower() in known:
                schema = self.resolve(known[name.lower()])["schema"]
                faults += self.check(value, schema, f"header {name}")
            elif name.lower() not in TRANSPORT:
                faults.append(f"header {name} is not listed")
        for name, header in known.items():
            if self.resolve(header).get("required") and answer.header(name) is None:
                faults.append(f"header {name} is missing")
        return faults

    def check_body(self, answer, response):
        kind = answer.header("content-type")
        content = response.get("content", {})
        if answer.body == b"" and "application/x-ndjson" in content:
            return []  # the end of an export
        if kind not in content:
            return [f"media type {kind!r} is not listed"]
        media = content[kind]
        if kind == "application/octet-stream" or kind.startswith("image/"):
            return []  # bytes
        text = answer.body.decode("utf-8")
        if "json" not in kind:
            return self.check(text, media["schema"], "body")
        if "x-line" not in media:
            return self.check(strict(text), media["schema"], "body")
        faults = []
        for line in text.splitlines():
            faults += self.check(strict(line), media["x-line"], "line")
        return faults

    def check_request(self, answer, operation):
        """What was accepted must be what the document lets one send."""
        if not answer.sent:
            return []
        body = self.resolve(operation.get("requestBody", {}))
        if "content" not in body:
            return ["the request had a body that is not listed"]
        if "application/octet-stream" in body["content"]:
            return []
        return self.check(strict(answer.sent.decode("utf-8")), body["content"]["application/json"]["schema"], "request")

    def faults(self, answer):
        operation = self.find(answer.method, answer.target)
        responses = self.responses(operation)
        status = str(answer.status)
        # An address may look like an operation's and be none (a verb that does not exist).
        if operation is None and status == "200":
            return ["an answer without an operation"]
        if status not in responses:
            if status in ("404", "405") and answer.code in ("not_found", "method_not_allowed"):
                responses = self.responses(None)
            else:
                return [f"status {status} is not listed"]
        response = self.resolve(responses[status])
        try:
            faults = self.check_headers(answer, response) + self.check_body(answer, response)
            if operation and answer.status < 300:
                faults += self.check_request(answer, operation)
        except (ValueError, UnicodeDecodeError) as error:
            return [f"not readable: {error}"]
        return faults


def hold(path, answers):
    """(faults in words, operations answered with 2xx, codes seen)."""
    document = Document(path)
    faults, operations, codes = [], set(), set()
    for answer in answers:
        faults += [f"{answer.method} {answer.target} -> {answer.status}: {fault}" for fault in document.faults(answer)]
        operation = document.find(answer.method, answer.target)
        if operation and answer.status < 300:
            operations.add(operation["operationId"])
        if answer.code:
            codes.add(answer.code)
    return faults, operations, codes, document


def codes_of(header):
    """The codes in the desk's own table."""
    with open(header, encoding="utf-8") as file:
        return set(re.findall(r'X\([A-Z_]+, "([a-z_]+)", \d{3},', file.read()))
