"""What kind of failure an unknown line speaks of, by its words and by the step that it ended."""

from __future__ import annotations

from typing import Final

from diagnosis.regex import Regex, compile_regex


def _compiled(*rows: tuple[str, str]) -> tuple[tuple[str, Regex], ...]:
    return tuple((category, compile_regex(f"(?i){words}")) for category, words in rows)


_BY_WORDS: Final = _compiled(
    ("test", r"\bassertion ?(?:error|failed)|^\W*failed\W+\S*test|tests? failed"),
    ("cancelled", r"\bcancel+ed\b|received sig(?:int|term)|keyboardinterrupt"),
    (
        "timeout",
        r"time[ds]?[- ]?out\b|time limit|deadline|(?:returning|code|status) 124|took too long"
        r"|not (?:become )?ready",
    ),
    ("rate-limit", r"rate[- ]?limit|too many requests|\b429\b|quota exceeded"),
    (
        "resource",
        r"out of memory|\boom\b|no space left|cannot allocate|disk (?:quota|full)"
        r"|too many open files|cuda|gpu",
    ),
    ("tls", r"certificate|\bx509\b|\b(?:ssl|tls)\b"),
    (
        "secrets",
        r"secrets? (?:found|detected|leaked)|leak(?:s|ed)? (?:found|detected)"
        r"|hard-?coded (?:secret|password)",
    ),
    ("security", r"vulnerabilit|\bcve-\d|\bghsa-|security (?:issue|finding|alert)"),
    (
        "auth",
        r"access ?denied|unauthori[sz]ed|not authori[sz]ed|forbidden|\b40[13]\b|credential"
        r"|permission|authenticat|log ?in|invalid (?:token|api key)"
        r"|token (?:is |has )?(?:expired|invalid|missing)",
    ),
    (
        "network",
        r"connection (?:refused|reset|closed|error)|connect(?:ing)? to|could not resolve host"
        r"|name resolution|unreachable|econn|enotfound|socket|getaddrinfo|\bdns\b"
        r"|http (?:error|status)|\b50[0234]\b|fetch failed|download",
    ),
    ("migration", r"migrat|alembic|flyway|liquibase"),
    ("coverage", r"\bcoverage\b"),
    ("performance", r"regress(?:ion|ed)|benchmark|slower|latency|\bp9[59]\b|performance"),
    ("runner", r"\brunner\b|\bpod\b|virtual machine"),
    ("container", r"docker|container|\bimage\b|buildx|registry|kaniko|podman"),
    (
        "deploy",
        r"deploy|rollout|rollback|health ?check|release (?:failed|not)|terraform|helm|kube"
        r"|cloudformation",
    ),
    ("git", r"\bgit\b|merge conflict|\bbranch\b|\bpushed?\b|\brebase|non-fast-forward|working tree"),
    ("artifact", r"artifact"),
    ("format", r"reformat|not formatted|formatting|code style"),
    (
        "dependency",
        r"(?:cannot|can't|could not|unable to) (?:find|resolve|locate|load) (?:a |the )?(?:\w+ )?"
        r"(?:module|package|librar|crate|gem|version|dependenc)"
        r"|no matching (?:version|distribution)|lock ?file|dependenc|unmet|incompatible"
        r"|not installed|command not found|\bsh: (?:\d+: )?[\w-]+: not found|lock_?file"
        r"|requires? (?:version|python|node|ruby|php|java|go)\b",
    ),
    (
        "policy",
        r"threshold|budget|not allowed|disallowed|maximum|minimum"
        r"|(?:size|line|length|count)[- ]limit"
        r"|(?:exceeds?|exceeded|more than|greater than|larger than|at least|at most|below|fewer than)[^\n]*\d"
        r"|dirty|uncommitted|not up[- ]to[- ]date|out of date|out of sync|changelog|convention"
        r"|policy|approval",
    ),
    ("types", r"\btypes?\b[^\n]*(?:not assignable|mismatch|incompatible)|type ?check|\bts\d{4}\b"),
    ("lint", r"\blint|style violation|\brule\b"),
    (
        "config",
        r"config|settings?\b|schema"
        r"|unknown (?:\w+ )?(?:type|option|key|field|property|argument|flag)|\byaml\b|\.toml\b"
        r"|\.json\b|environment variable|not (?:set|defined|configured|provided)"
        r"|missing (?:required )?(?:input|option|argument|key|value)",
    ),
    ("test", r"\bassert|expected|\btests?\b|\bspecs?\b"),
    (
        "build",
        r"compil|undefined (?:reference|symbol)|\bsyntax\b|cannot find symbol|\bbuild\b"
        r"|\blink(?:er|ing)\b",
    ),
)
_BY_STEP: Final = _compiled(
    ("deploy", r"\bdeploy|\brelease\b|publish|rollout"),
    ("performance", r"\bbench(?:mark)?s?\b|\bperf(?:ormance)?\b"),
    ("security", r"secur|audit|\bscan|trivy|codeql|bandit|snyk|semgrep"),
    ("types", r"type-?check|\btsc\b|mypy|pyright"),
    ("format", r"\bformat|prettier|\bfmt\b|\bblack\b|biome"),
    (
        "lint",
        r"lint|pre-commit|static analysis|code quality|\bruff\b|clippy|flake8|rubocop"
        r"|\banaly[sz]e\b|checkstyle",
    ),
    ("migration", r"migrat"),
    ("test", r"test|\bspec|\be2e\b|cypress|playwright|vitest|\bjest\b"),
    ("container", r"docker|buildx|image"),
    ("dependency", r"install|dependenc|setup|set up|restore|bundle"),
    ("build", r"build|compile|make\b|package|gradle|maven|\bmvn\b|cargo|xcodebuild"),
    ("git", r"checkout|\bgit\b"),
)
_SOFT: Final = frozenset({"config", "test", "build", "network", "types", "lint", "dependency"})
"""Their words appear in failures of every kind: what the step is for says more."""

_FLAGS: Final = compile_regex(r"\s(?:-\S+|\S*=\S*)")
"""Of the command that names a step: what it is told, not what it does."""


_ABSOLUTE: Final = compile_regex(r"(?:/[\w.@+-]+){2,}/?")
"""A path says where it happened, not what: `/home/runner` is no broken runner."""


def likely(text: str, step: str | None, tool: str | None = None) -> str:
    """The category of a failure that no signature knows; `runtime` where nothing hints at one.

    `tool` is that of a tool which only says that it failed: Gradle, Maven or make build something.
    """
    command = _FLAGS.sub("", step or "")
    said = _ABSOLUTE.sub(" ", text)
    by_words = next((category for category, words in _BY_WORDS if words.search(said)), None)
    by_step = next((category for category, words in _BY_STEP if words.search(command)), None)
    if by_words is None or (by_words in _SOFT and by_step):
        return by_step or by_words or tool or "runtime"
    return by_words
