"""The life of a referral. One verb, one function, one transaction: lock, ask a rule, write, journal, tell."""

from sanscouture.pathways.services.referrals.answering import (
    accept_referral,
    ask_question,
    put_on_waiting_list,
    receive_referral,
    refuse_referral,
)
from sanscouture.pathways.services.referrals.delivering import (
    end_service,
    pause_service,
    record_meeting,
    resume_service,
    start_service,
)
from sanscouture.pathways.services.referrals.moving import answerer_of, sides_of
from sanscouture.pathways.services.referrals.sending import (
    default_deadline,
    draft_referral,
    expire_unanswered,
    refer,
    remind_recipient,
    reply,
    reroute,
    send_due_reminders,
    send_referral,
    sender_organisation,
    split_referral,
    withdraw_referral,
)
from sanscouture.pathways.services.referrals.together import refer_together

__all__ = [
    "accept_referral",
    "answerer_of",
    "ask_question",
    "default_deadline",
    "draft_referral",
    "end_service",
    "expire_unanswered",
    "pause_service",
    "put_on_waiting_list",
    "receive_referral",
    "record_meeting",
    "refer",
    "refer_together",
    "refuse_referral",
    "remind_recipient",
    "reply",
    "reroute",
    "resume_service",
    "send_due_reminders",
    "send_referral",
    "sender_organisation",
    "sides_of",
    "split_referral",
    "start_service",
    "withdraw_referral",
]
