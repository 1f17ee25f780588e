# SPDX-License-Identifier: MIT
"""What can be wrong with a translation."""
import re
import subprocess

KEYWORDS = ["--keyword=_", "--keyword=N_", "--keyword=Q_:1,2", "--keyword=ngettext:1,2"]
FORMAT = re.compile(r"%(?:%|[-+ #0]*\d*(?:\.\d+)?[a-zA-Z])")
MARKED = re.compile(r"(?<![\w])(?:_|N_|Q_|ngettext)\(")


def languages(root):
    return [line for line in (root / "po/LINGUAS").read_text().split("\n") if line and not line.startswith("#")]


def potfiles(root):
    return [line for line in (root / "po/POTFILES").read_text().split("\n") if line and not line.startswith("#")]


def unquote(lines):
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', "\n".join(lines)))
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), text)


def entries(text):
    """(id, plural or None, [translations], flags, obsolete) of each entry but the header."""
    for block in re.split(r"\n\s*\n", text):
        obsolete = "#~ msgid" in block
        fields, current, flags = {}, None, ""
        for line in block.replace("#~ ", "").split("\n"):
            hit = re.match(r"(msgid_plural|msgid|msgstr(?:\[\d+\])?) ", line)
            if line.startswith("#,"):
                flags += line
            elif hit:
                current = fields[hit.group(1)] = [line]
            elif line.startswith('"') and current is not None:
                current.append(line)
        if unquote(fields.get("msgid", [])):
            yield (unquote(fields["msgid"]), unquote(fields["msgid_plural"]) if "msgid_plural" in fields else None,
                   [unquote(value) for key, value in fields.items() if key.startswith("msgstr")], flags, obsolete)


def translations(root, language):
    return list(entries((root / f"po/{language}.po").read_text(encoding="utf-8")))


def well_formed(root, language):
    done = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", f"{root}/po/{language}.po"], text=True, stderr=subprocess.PIPE,
                          check=False)
    return done.stderr if done.returncode or done.stderr else ""


def gaps(root, language):
    """Against the strings of the sources as they are now."""
    pot = subprocess.run(["xgettext", "--from-code=UTF-8", "--language=C", *KEYWORDS, "-o", "-", *potfiles(root)], cwd=root,
                         text=True, encoding="utf-8", stdout=subprocess.PIPE, check=True).stdout
    wanted = {(one, many) for one, many, *_ in entries(pot)}
    have = translations(root, language)
    faults = [f"not translated: {one!r}" for one, _, texts, _, _ in have if not all(texts)]
    faults += [f"fuzzy: {one!r}" for one, _, _, flags, _ in have if "fuzzy" in flags]
    faults += [f"obsolete: {one!r}" for one, _, _, _, obsolete in have if obsolete]
    known = {(one, many) for one, many, *_ in have}
    faults += [f"not there: {one!r}" for one, _ in sorted(wanted - known, key=str)]
    faults += [f"no longer in the sources: {one!r}" for one, _ in sorted(known - wanted, key=str)]
    return faults


def formats(root, language):
    faults = []
    for one, many, texts, _, _ in translations(root, language):
        for text in texts:
            wanted = FORMAT.findall(many or one)
            if FORMAT.findall(text) != wanted:
                faults.append(f"{one!r}: {FORMAT.findall(text)}, not {wanted}")
            for side in (str.lstrip, str.rstrip):
                # A full-width comma or colon has its blank in it.
                filled = side is str.rstrip and text.endswith(("，", "："))
                if not filled and (len(one) == len(side(one))) != (len(text) == len(side(text))):
                    faults.append(f"{one!r}: blanks at an end of {text!r}")
    return faults


def files(root):
    listed = potfiles(root)
    faults = [f"{name} is not there" for name in listed if not (root / name).exists()]
    for path in sorted((root / "src").glob("**/*.c")):
        name = str(path.relative_to(root))
        code = re.sub(r"(?s)/\*.*?\*/", "", path.read_text(encoding="utf-8"))
        marked = bool(MARKED.search(re.sub(r"(?m)^#define.*$", "", code)))
        if marked != (name in listed):
            faults.append(f"{name}: {'not listed' if marked else 'listed, and has none'}")
    return faults


def desk_words(root):
    """The tables of words that the screen gives to gettext without naming them."""
    named = set(re.findall(r'N_\("([^"]*)"\)', (root / "po/desk-words.h").read_text(encoding="utf-8")))
    real = set()
    for name, function in (("src/desk/deadline.c", "sm_level_word"), ("src/desk/desk.c", "sm_state_name")):
        body = re.search(rf"{function}\([^)]*\)\n{{(.*?)\n}}", (root / name).read_text(encoding="utf-8"), re.S).group(1)
        real |= set(re.findall(r'"([^"]*)"', re.search(r"= {(.*?)}", body, re.S).group(1)))
    route = (root / "src/desk/route.c").read_text(encoding="utf-8")
    for function in ("why_not", "reason"):
        body = re.search(rf"\n\S[^\n]*\b{function}\([^)]*\)\n{{(.*?)\n}}", route, re.S).group(1)
        real |= {text for text in re.findall(r'"([^"]*)"', body) if text}
    policy = (root / "src/desk/policy.c").read_text(encoding="utf-8")
    real |= set(re.findall(r'{"[a-z]+", "([^"]*)"}', re.search(r"FORM_SHIPPED\[\] = {(.*?)};", policy, re.S).group(1)))
    notice = (root / "src/desk/notice.c").read_text(encoding="utf-8")
    real |= set(re.findall(r'"([^"]*)"', re.search(r"STATES\[\] = {(.*?)}", notice, re.S).group(1)))
    real |= set(re.findall(r'(?:why = |return |>= 0 \? )"([^"]*)"', notice))
    return [f"{word}: in one of the two only" for word in sorted(named ^ real)]
