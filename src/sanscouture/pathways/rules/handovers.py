"""Handing a portfolio over: proposed by one, accepted by the other, never without a referent (chapter 02)."""

from __future__ import annotations

from sanscouture.pathways.enums import HandoverState


def outcome(accepted: int, all_of_them: int) -> HandoverState:
    """Say how a hand-over ended from how many of its pathways were taken."""
    if not accepted:
        return HandoverState.DECLINED
    return HandoverState.ACCEPTED if accepted == all_of_them else HandoverState.PARTLY
