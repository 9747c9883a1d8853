"""Secrets out of log text: what GitHub's own masking does not know. Everything stored, logged or shown passes here."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from diagnosis.regex import Regex, compile_regex

MASK: Final = "***"

_NAME = (
    r"(?:[A-Za-z0-9_.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key"
    r"|credentials?|(?:access|account|admin|app|auth|client|cookie|deploy|encryption|fernet|hmac|jwt|license|master|private"
    r"|root|secret|service|session|signing|stripe|webhook)[_-]?(?:secret[_-]?)?key(?:[_-]?base)?))"
)
_KINDS: Final = (
    # Whole tokens whose form alone tells what they are.
    r"\bgh[pousr]_[A-Za-z0-9]{20,}",
    r"\bghs_[0-9]+_[A-Za-z0-9_.=-]{20,}",
    r"\bgithub_pat_[A-Za-z0-9_]{22,}",
    r"\bglpat-[A-Za-z0-9_-]{20,}",
    r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b",
    r"\bAIza[A-Za-z0-9_-]{35}",
    r"\bya29\.[A-Za-z0-9_-]{20,}",
    r"\bGOCSPX-[A-Za-z0-9_-]{20,}",
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"\bxapp-[A-Za-z0-9-]{10,}",
    r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]+",
    r"discord(?:app)?\.com/api/webhooks/[0-9]+/[A-Za-z0-9_-]+",
    r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",
    r"\bwhsec_[A-Za-z0-9+/=]{16,}",
    r"\bsk-(?:proj-|ant-|svcacct-|admin-|or-)?[A-Za-z0-9_-]{20,}",
    r"\bhf_[A-Za-z0-9]{20,}",
    r"\bnpm_[A-Za-z0-9]{30,}",
    r"\bpypi-[A-Za-z0-9_-]{20,}",
    r"\brubygems_[a-f0-9]{40,}",
    r"\bcio[A-Za-z0-9]{32}\b",
    r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
    r"\bdop_v1_[a-f0-9]{40,}",
    r"\bhvs\.[A-Za-z0-9_-]{20,}",
    r"\bhvb\.[A-Za-z0-9_-]{20,}",
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"\bkey-[a-f0-9]{32}\b",
    r"\bSK[a-f0-9]{32}\b",
    r"\blin_api_[A-Za-z0-9]{32,}",
    r"\bglsa_[A-Za-z0-9_]{32,}",
    r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{20,}",
    r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    r"\bdapi[a-f0-9]{32}\b",
    r"\bsntrys_[A-Za-z0-9+/=_-]{30,}",
    r"\batlasv1\.[A-Za-z0-9_-]{20,}|\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}",
    r"\bAGE-SECRET-KEY-1[A-Z0-9]{20,}",
    r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
    r"AccountKey=[A-Za-z0-9+/=]{20,}",
    r"[?&]sig=[A-Za-z0-9%+/=_-]{16,}",
    r"X-Amz-(?:Signature|Security-Token|Credential)=[A-Za-z0-9%/+=_-]+",
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)?",
)
_BEHIND_A_NAME: Final = (
    # Words of which one stands, in any case, in whatever the expression finds; (what stays)(the secret)
    (("://",), r"(\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'\"]*:)([^\s/'\"]+)(@)"),
    (("authorization",), r"((?i:\bauthorization\s*[:=]\s*['\"]?(?:basic|bearer|token|digest)\s+))([^\s'\"]+)()"),
    (("bearer",), r"((?i:\bbearer\s+))([A-Za-z0-9_.~+/=-]{16,})()"),
    (
        ("pass", "pwd", "secret", "token", "key", "credential"),
        r"((?i:" + _NAME + r"['\"]?\s*(?:=|:|=>)\s*['\"]?))([^\s'\",;&)}\]]{4,})()",
    ),
    (("--",), r"((?i:--(?:password|passwd|token|secret|api-key|auth)[= ])['\"]?)([^\s'\"]{3,})()"),
    (("curl",), r"(\bcurl\b[^\n|;]*?\s(?:-u|--user)[= ]?['\"]?[^\s:'\"]+:)([^\s'\"]+)()"),
    (("mysql", "mariadb"), r"(\b(?:mysql|mysqladmin|mysqldump|mariadb|mariadb-dump)\b[^\n|;]*?\s-p)([^\s'\"]{3,})()"),
    (("sshpass", "redis-cli"), r"(\b(?:sshpass\s+-p|redis-cli\b[^\n|;]*?\s-a)\s*['\"]?)([^\s'\"]{3,})()"),
    (("cookie",), r"((?i:\bset-cookie:\s*[^=\s]+=|\bcookie:\s*[^=\s]+=))([^;\s]{8,})()"),
)
_NOT_SECRETS: Final = (
    r"(?i)^(?:\*+|[=_!-]+|none|null|true|false|undefined|required|missing|invalid|expired|empty|unset|unbound|set|not|no|is|was|must"
    r"|cannot|could|should|does|has|parameter|argument|variable|field|value|provided|refused|rejected|failed|denied"
    r"|incorrect|wrong|please|too|\$\{?\{?.*|<.*>?|\[.*|\{.*|%.*|str|string|bytes|int|env|os\.(?:environ|getenv).*"
    r"|[a-z_]+\(.*|self\..*|settings\..*|config\..*|process\.env.*|secrets\..*|inputs\..*|steps\..*|github\..*)$"
)


_WHOLE: Final = compile_regex("|".join(_KINDS))
_compiled = lru_cache(maxsize=None)(compile_regex)
"""Most texts hold no word of most kinds."""


def redact(text: str) -> str:
    """The text with every secret that it may hold masked. Names of variables and users stay, values go."""
    if not text:
        return text
    text = _WHOLE.sub(MASK, text)
    folded = text.casefold()
    for words, pattern in _BEHIND_A_NAME:
        if any(word in folded for word in words):
            text = _mask_values(_compiled(pattern), text)
    return text


def _mask_values(pattern: Regex, text: str) -> str:
    pieces: list[str] = []
    place = 0
    for found in pattern.finditer(text):
        start, end = found.span(2)
        if _compiled(_NOT_SECRETS).search(text[start:end]):
            continue
        pieces += [text[place:start], MASK]
        place = end
    return "".join([*pieces, text[place:]]) if pieces else text
