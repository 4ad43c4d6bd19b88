"""A state machine is a table: which move leads from which state to which; the rest is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from steadydesk.kernel.errors import Refusal


@dataclass(frozen=True)
class StateTable:
    """Allowed moves. ``moves[move][state]`` is the state after; a missing pair is a refusal.

    ``refusals[state]`` gives the code and sentence of the refusal in that state, so the table is total:
    every pair of move and state either leads somewhere or says why not.
    """

    name: str
    states: tuple[str, ...]
    moves: Mapping[str, Mapping[str, str]]
    refusals: Mapping[str, tuple[str, str]]

    def after(self, state: str, move: str) -> str:
        """The state that ``move`` leads to from ``state``; raises the table's ``Refusal`` if it may not."""
        to = self.moves[move].get(state)
        if to is None:
            code, sentence = self.refusals[state]
            raise Refusal(code, sentence, state=state, move=move)
        return to

    def allows(self, state: str, move: str) -> bool:
        """The same question, asked politely for a template."""
        return state in self.moves[move]

    def diagram(self) -> str:
        """The table as Mermaid text, for ``docs/states.md``."""
        lines = ["stateDiagram-v2"]
        for move, pairs in self.moves.items():
            lines += [f"    {a} --> {b}: {move}" for a, b in pairs.items()]
        return "\n".join(lines)
