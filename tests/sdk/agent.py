"""The developer's side: a small Agent Runner, written as the SDK's documentation says.

Run as a process by runner.py; prints what happens to it as lines of JSON.
"""

import argparse
import asyncio
import json

from unpod import AgentRunner, enable_logging
from unpod._protocol import AgentMergeVerb, AgentRemoveParticipantVerb

STORY = ("Once upon a time a small town had one bakery and the baker rose before the sun. "
         "Every morning she counted seven loaves and carried them across the market square. "
         "One winter the river froze and the mill stood still so there was no flour to be had. "
         "The baker walked for two days over the hills and came back with a sack of barley. ")


def report(event: str, **fields) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


class Brain:
    """A dialog adapter that says one thing a turn, word by word, as a language model would."""

    def __init__(self, answer, pause_s: float = 0.005) -> None:
        self._answer, self._pause_s = answer, pause_s
        self.is_complete = False

    async def turn(self, text: str, context: dict | None = None) -> str:
        return self._answer(text)

    async def stream(self, text: str, language: str | None = None, context: dict | None = None):
        for word in self._answer(text).split(" "):
            await asyncio.sleep(self._pause_s)
            yield word + " "
        self.is_complete = text == "goodbye"

    def assist(self, text: str) -> None:
        pass

    def mark_interrupted(self, heard_text: str | None = None) -> None:
        report("heard", text=heard_text)


def echo(text: str) -> str:
    return f"You said {text}."


def story(text: str) -> str:
    return STORY.strip() if "story" in text else echo(text)


async def converse(ctx, answer=echo) -> None:
    ctx.session.dialog_machine = Brain(answer)
    await ctx.session.run()


async def greet(ctx) -> None:
    await ctx.session.say("Welcome to the corner bakery.")
    await converse(ctx)


async def tell_story(ctx) -> None:
    await converse(ctx, story)


async def end(ctx) -> None:
    await ctx.session.say("That was all. Have a good day.")
    await ctx.session.end("done")
    await ctx.session.run()


async def return_at_once(ctx) -> None:
    await ctx.session.say("I have nothing to add.")


async def fail(ctx) -> None:
    raise RuntimeError("this agent always fails")


async def fail_once(ctx) -> None:
    if not failed:
        failed.append(ctx.session_id)
        raise RuntimeError("this agent fails the first time")
    await greet(ctx)


async def whisper(ctx) -> None:
    """Speaks to the machine: a filler phrase, and no recording before the first turn."""
    @ctx.session.on("user_turn")
    async def _(text: str) -> None:
        await ctx.session.recording.resume()

    await ctx.session.set_filler("One moment please.")
    await ctx.session.recording.pause("card number")
    await ctx.session.say("This part is not recorded.")
    await converse(ctx)


async def operate(ctx) -> None:
    """Connects callers to others; what cannot be asked for by name says what it wants itself."""
    @ctx.session.on("user_turn")
    async def _(text: str) -> None:
        if text == "billing please":
            await ctx.session.transfer_to_agent(
                "billing", mode="warm", announcement="I connect you to billing.")
        elif text == "call my brother":
            await ctx.session.transfer("+14155550101")
        else:
            await ctx.session.say(f"The operator heard {text}.")

    await ctx.session.run()


async def gather(ctx) -> None:
    """Brings in the caller of the session that its own caller's token names, and shows it out."""
    @ctx.session.on("user_turn")
    async def _(text: str) -> None:
        verb = (AgentMergeVerb(source_session_id=ctx.data["friend"]) if text == "bring my friend"
                else AgentRemoveParticipantVerb(participant_id=ctx.data["friend"]))
        await ctx.session._bridge.send_verb(verb)
        await ctx.session.say("Done.")

    await ctx.session.run()


async def recite(ctx) -> None:
    for _ in range(6):
        await ctx.session.say(STORY)
    await ctx.session.run()


async def listen(ctx) -> None:
    """Says nothing until the call is over."""
    await ctx.session.run()


failed: list[str] = []
BEHAVIOURS = {"echo": converse, "greet": greet, "story": tell_story, "end": end,
              "return": return_at_once, "fail": fail, "fail_once": fail_once,
              "whisper": whisper, "listen": listen, "operate": operate, "gather": gather,
              "recite": recite}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("behaviour", choices=BEHAVIOURS)
    options.add_argument("--agent-id", required=True)
    options.add_argument("--seats", type=int, default=50)
    options.add_argument("--serve", metavar="URL")
    options.add_argument("--secret")
    chosen = options.parse_args()
    enable_logging()

    async def entrypoint(ctx) -> None:
        report("entrypoint", call_id=ctx.call_id, session_id=ctx.session_id, agent_id=ctx.agent_id,
               runner_id=ctx.runner_id, direction=ctx.direction, user_number=ctx.user_number,
               instructions=ctx.instructions, data=ctx.data)

        @ctx.session.on("user_turn")
        async def _(text: str) -> None:
            report("user_turn", text=text)

        @ctx.session.on("agent_turn")
        async def _(text: str) -> None:
            report("agent_turn", text=text)

        @ctx.session.on("interruption")
        async def _() -> None:
            report("interruption")

        @ctx.session.on("state")
        async def _(event) -> None:
            report("state", state=event.state, turn_id=event.turn_id)

        @ctx.session.on("error")
        async def _(code: str, message: str, severity: str, source: str) -> None:
            report("error", code=code, message=message, severity=severity, source=source)

        @ctx.session.on("call_end")
        async def _(outcome: str) -> None:
            report("session_end", outcome=outcome)

        await BEHAVIOURS[chosen.behaviour](ctx)

    more = {}
    if chosen.serve:
        more = {"transport": "serve", "serving_url": chosen.serve, "agent_secret": chosen.secret}
    runner = AgentRunner(entrypoint, chosen.agent_id, max_concurrent_calls=chosen.seats, **more)

    @runner.on("call_end")
    async def _(ctx, final_state: str) -> None:
        report("call_end", final_state=final_state)

    runner.start()


if __name__ == "__main__":
    main()
