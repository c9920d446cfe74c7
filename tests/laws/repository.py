"""What the laws look at: the files of this repository as git would commit them, parsed at most once.

Promises that files which git ignores are nobody's business, and that a file not yet added is judged all the same.
"""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
LAYER = ROOT / "layers" / "lockstep" / "lockstep"


IGNORED = re.compile(r"(^|/)(\.git|\.venv[^/]*|\.aws-sam|build|__pycache__|\.[a-z_]+_cache|\.hypothesis)/")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked or would be by `git add`, relative to the top; without git, all but the ignored."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        names = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
        names = [name for name in names if not IGNORED.search(name)]
    return tuple(sorted({path for name in names if name and (ROOT / (path := Path(name))).is_file()}))


def python_files(*tops: str) -> list[Path]:
    """Our Python files, all of them or those under the named folders."""
    return [path for path in files() if path.suffix == ".py" and (not tops or path.as_posix().startswith(tops))]


@cache
def text(path: Path) -> str:
    """One file's text; what is no text reads as empty."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    """One Python file, parsed."""
    return ast.parse(text(path), filename=str(path))


def functions_in(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of one file, methods and inner ones too."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def concerns() -> list[str]:
    """The folders under functions/, one a Lambda."""
    return sorted({path.parts[1] for path in files() if path.parts[0] == "functions" and len(path.parts) > 2})


def is_flow(concern: str) -> bool:
    """Whether a concern moves records from one system to another (the rest is support)."""
    return "_from_" in concern or "_to_" in concern


def imports_of(path: Path) -> set[str]:
    """The modules that one file imports, with full names; relative ones start with a dot."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            names |= {f"{base}.{alias.name}" if node.module else f"{base}{alias.name}" for alias in node.names}
    return names


def dotted(node: ast.expr) -> str:
    """`a.b.c` as written, or nothing where it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""
