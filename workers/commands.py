"""Obeys a command that a person wrote in a comment, or a button of our check run, and shows that it was heard.

The reaction to the comment tells: eyes (it is looked at), +1 (done), confused (unknown, or not possible here), -1 (not
permitted). Only `help`, and a re-run that can not be, are answered in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from bot import command, metrics
from bot.case import PullRequest
from bot.command import Word
from bot.deliver import reply
from bot.errors import RetryLater
from bot.events import RERUN_REQUESTED
from bot.github import checks, conversation, pulls
from bot.github.conversation import Conversation, Message, Reaction
from bot.github.errors import NotFoundError, UncertainError
from bot.render import reply as words
from bot.store.values import Complaint
from workers import again, caps, history, outlets
from workers.office import Office, work

PER_CONVERSATION: Final = 12
"""Commands in one conversation and hour that are obeyed."""

REFUSALS: Final = 3
"""Reactions in one conversation and hour to those who may not command us."""

KEPT: Final = 4 * 24 * 3600
"""Seconds for which it is known what was obeyed: GitHub lets an event be sent again for three days."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """A command by somebody who may give it."""

    office: Office
    conversation: Conversation
    message: Message
    comment: int
    text: str

    def pull_request(self) -> PullRequest:
        """The pull request that the conversation is about, as it is now. Raises NotFoundError for an issue."""
        found = pulls.get(self.office.client, self.conversation.number)
        if found is None:
            raise NotFoundError(404, "the pull request is gone")
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command is acknowledged, and what is said in words, where something is."""

    reaction: Reaction
    says: str = ""


def obey(installation: int, repository: int, number: int, comment: int, word: Word) -> str:
    """Do what the comment asks for. Returns what was done, in a word or two.

    Raises RetryLater when GitHub's limits, or a history that does not answer, ask for another time.
    """

    def job(office: Office) -> str:
        obeyed = f"whyred:obeyed:{repository}:{comment}"
        if office.connection.exists(obeyed):
            return "silent: obeyed already"
        done = _obey(office, number, comment, word)
        office.connection.set(obeyed, 1, ex=KEPT)
        return done

    done = work(installation, repository, job, number=number, comment=comment)
    metrics.COMMANDS.add(word, done.partition(":")[0] if done.startswith("silent") else done.rpartition(" ")[2])
    log.info("command", number=number, comment=comment, word=word, done=done)
    return done


def press(installation: int, repository: int, check_run: int, sha: str, word: str) -> str:
    """Do what a button of the commit's check run stands for. Returns what was done, in a word or two."""

    def job(office: Office) -> str:
        if word == "rerun":
            refusal = again.rerun(office, sha)
            return f"silent: {refusal}" if refusal else "run again"
        # Whoever wants quiet in the conversation did not ask for it here, nor the other way round.
        seen = again.look(office, sha, check_run, aloud=False)
        if word == RERUN_REQUESTED:
            _complete(office, check_run)
        return f"{seen} looked at"

    done = work(installation, repository, job, check_run=check_run)
    metrics.COMMANDS.add(word, "silent" if done.startswith("silent") else "pressed")
    log.info("button", check_run=check_run, word=word, done=done)
    return done


def _complete(office: Office, check_run: int) -> None:
    try:
        checks.complete(office.client, check_run)
    except UncertainError as error:
        raise RetryLater("GitHub lost a write", 30) from error


def _obey(office: Office, number: int, comment: int, word: Word) -> str:
    if office.config.shadow:
        return "silent: nothing is said here yet"
    message = conversation.message(office.client, comment)
    found = command.parse(message.body)
    if message.number != number or found is None or found.word != word:
        return "silent: the comment says something else by now"
    about = conversation.conversation(office.client, number)
    if not (about.pull_request or about.ours):
        return "silent: a conversation of others"
    place = f"{office.client.repository.id}:{number}"
    if not _is_permitted(office, about, message):
        if caps.take(office.connection, f"refused:{place}", comment, REFUSALS):
            conversation.react(office.client, comment, "-1")
        return "silent: not permitted"
    if not caps.take(office.connection, f"obeyed:{place}", comment, PER_CONVERSATION):
        return "silent: too many commands"
    answer = _answer(Asked(office, about, message, comment, found.text), word)
    conversation.react(office.client, comment, answer.reaction)
    if answer.says:
        reply.reply(office.client, office.connection, number, reply.Question(comment, word), answer.says)
    return f"{word}: {answer.reaction}"


def _is_permitted(office: Office, about: Conversation, message: Message) -> bool:
    """Whoever began a pull request, whoever was assigned to an issue of ours, and all who may write here."""
    authors = about.assignees if about.ours else (about.author,)
    if not message.author:
        return False
    return message.author in authors or conversation.may_write(office.client, message.login)


def _answer(asked: Asked, word: Word) -> Answer:
    if word in _ANYWHERE:
        return _ANYWHERE[word](asked)
    if word in _ON_PULL_REQUESTS and asked.conversation.pull_request:
        return _ON_PULL_REQUESTS[word](asked)
    return Answer("confused")


def _explain(asked: Asked) -> Answer:
    """Told even where the comment was deleted, or where quiet was asked for: that is what asking means."""
    pull_request = asked.pull_request()
    outlets.forget(asked.office, pull_request.number)
    red = again.look(asked.office, pull_request.head_sha, asked.comment, aloud=True)
    return Answer("eyes" if red and pull_request.state == "open" else "confused")


def _rerun(asked: Asked) -> Answer:
    pull_request = asked.pull_request()
    if pull_request.state == "closed":
        return Answer("confused", words.CLOSED)
    refusal = again.rerun(asked.office, pull_request.head_sha)
    return Answer("confused", refusal) if refusal else Answer("+1")


def _wrong(asked: Asked) -> Answer:
    message, repository = asked.message, asked.office.client.repository
    complaint = Complaint(repository, message.number, asked.comment, message.login, asked.text)
    kept = history.keep(asked.office.settings, lambda store: store.report(complaint))
    metrics.FEEDBACK.add(by=kept)
    return Answer("+1" if kept else "confused")


def _quiet(asked: Asked) -> Answer:
    message, repository = asked.message, asked.office.client.repository
    history.keep(asked.office.settings, lambda store: store.mute(repository, message.number, message.login))
    outlets.hush(asked.office, message.number, message.login)
    return Answer("+1")


def _resume(asked: Asked) -> Answer:
    pull_request, repository = asked.pull_request(), asked.office.client.repository
    history.keep(asked.office.settings, lambda store: store.unmute(repository, pull_request.number))
    outlets.forget(asked.office, pull_request.number)
    again.look(asked.office, pull_request.head_sha, asked.comment, aloud=True)
    return Answer("+1")


def _help(_asked: Asked) -> Answer:
    return Answer("+1", words.HELP)


_Obey = Callable[[Asked], Answer]
_ANYWHERE: Final[Mapping[Word, _Obey]] = {"help": _help, "wrong": _wrong}
_ON_PULL_REQUESTS: Final[Mapping[Word, _Obey]] = {
    "explain": _explain,
    "rerun": _rerun,
    "quiet": _quiet,
    "resume": _resume,
}
