"""readme-methods.md: which of the 137 documented methods work, for the README."""
import os

from catalogue import write


def make(cat, out):
    with open(os.path.join(cat.folder, "seed-methods.txt"), encoding="utf-8") as f:
        names = [line.strip() for line in f if line.strip()]
    families = {}
    for n in names:
        families.setdefault(n.split(".")[0], []).append(n)
    done = [n for n in names if n in cat.methods]
    beyond = sorted(n for n in cat.methods if n not in names and not cat.methods[n].get("dev"))
    lines = ["%d of %d documented methods; %d newer ones besides.\n\n" % (len(done), len(names), len(beyond)),
             "| family | works | not yet |\n|---|---|---|\n"]
    for family in sorted(families):
        works = [n.split(".", 1)[1] for n in families[family] if n in cat.methods]
        missing = [n.split(".", 1)[1] for n in families[family] if n not in cat.methods]
        lines.append("| %s | %s | %s |\n" % (family, " ".join(works) or "–", " ".join(missing) or "–"))
    lines.append("| newer | %s | |\n" % " ".join(beyond))
    write(out, "readme-methods.md", "".join(lines))
