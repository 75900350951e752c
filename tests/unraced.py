"""Verbs that tests/test_races.py does not race: why no race can hurt, or where the race is."""

from __future__ import annotations

ALONE = {
    "accounts.end_connections": "ends what it finds, which may be nothing",
    "accounts.factor_added": "one browser tells of what allauth has already written under its own constraint",
    "accounts.factors_removed": "ends what it finds, which may be nothing",
    "accounts.forget_device": "deletes one's own device; deleting it again changes nothing",
    "accounts.end_connection": "ends one's own session; ending it again changes nothing",
    "accounts.generate_codes": "one's own account, under a lock: the later codes are those that work",
    "accounts.invite": "two invitations are two links; `invite_member`, its only caller, lets one pass after the other",
    "accounts.note_connection": "one row per session, kept by a constraint, written by that session alone",
    "accounts.password_changed": "ends what it finds, which may be nothing",
    "accounts.trust_device": "each browser has its own row",
    "accounts.unlink_identity": "one's own account; unlinking what is unlinked does nothing",
    "accounts.update_profile": "one's own account: the last writing is the one that was wanted",
    "accounts.open_recovery": "the later link replaces the earlier one, under a lock; both are journalled and mailed",
    "directory.forget_offer_changes": "erases what it finds, which may be nothing",
    "meetings.decide": "under a lock; two decisions are two, and the state of the meeting is asked inside it",
    "meetings.write_minutes": "under a lock; the later words stay and both writings are in the journal",
    "pathways.edit_cohort": "under a lock; the later plan stays, and seats are counted inside it",
    "pathways.plan_session": "two sessions are two; a form sent twice is recognised (tests/audit/test_once.py)",
    "pathways.add_strength": "two strengths are two lines, each removed by a click",
    **dict.fromkeys(
        [f"pathways.{one}" for one in ("add_episode", "add_step", "note_progress", "open_need", "write_note")]
        + ["programmes.add_team_member"],
        "two are two; a form sent twice is recognised (tests/audit/test_once.py)",
    ),
    "pathways.forget_filter": "deletes one's own view; deleting it again changes nothing",
    "pathways.keep_filter": "one's own account, one after the other; a name taken twice is refused by a constraint",
    "pathways.evaluate_person": "the same writing as `evaluate`, narrowed",
    "pathways.revoke_links": "closes the links that are open, which may be none",
    "people.requalify": "locks the records that it reads, and what does not change writes nothing",
    "people.keep_contact_safe": "under a lock; the later words stay and both writings are in the journal",
    "people.mark_public": "under a lock; the later word stays and both writings are in the journal",
    "people.record_basis": "what the person was told twice is true twice; sharing is computed from all, under a lock",
    "people.set_place": "called with the record locked, by `update_beneficiary`, or just made",
    "people.begin_import": "two files are two imports, each tried and confirmed by itself",
    "people.drop_import": "under a lock; one's own list that is not there any more is 404",
    "people.try_import": "under a lock; the later columns are those that were wanted, and nothing is made",
    "programmes._write": "an import is one command; what two would write is the same file",
    "programmes.edit_partnership": "under a lock; the later words stay and both writings are in the journal",
    "programmes.reopen_access": "sends a link through `open_recovery`",
    "programmes.save_data_protection": "one row of settings, under a lock: the later words stay, both in the journal",
}

WHERE = {
    "tests/directory/test_races.py": "directory.correct_sheet directory.restore_source",
    "tests/pathways/test_exits_races.py": (
        "pathways.answer_follow_up pathways.answer_handover pathways.ask_for_news pathways.close_pathway"
        " pathways.define_exits pathways.note_call pathways.propose_handover pathways.reopen_exit"
        " pathways.withdraw_handover"
    ),
    "tests/pathways/test_races.py": (
        "pathways.edit_note pathways.end_episode pathways.escalate_overdue pathways.join_pathway"
        " pathways.leave_pathway pathways.refer_together pathways.remove_episode pathways.remove_note"
        " pathways.remove_progress pathways.restore_note pathways.save_barrier pathways.save_habits"
        " pathways.set_rule pathways.snooze_rupture pathways.split_referral"
    ),
    "tests/pathways/test_races_cohorts.py": (
        "meetings.cancel_meeting meetings.hold_meeting meetings.note_attendance meetings.plan_meeting"
        " pathways.create_cohort pathways.decide_admission pathways.enrol pathways.flag pathways.mark"
        " pathways.move_in_reserve pathways.withdraw"
    ),
    "tests/people/test_races.py": (
        "pathways.restrict_record pathways.take_reader_off people.involve people.lift people.name_reader"
        " people.remove_reader people.restrict people.update_beneficiary people.confirm_import people.bring_some_in"
        " people.undo_import"
    ),
    "tests/pathways/test_races_merging.py": "pathways.merge_records pathways.undo_merge people.tell_apart",
    "tests/programmes/test_races.py": "programmes.add_copilot programmes.add_partner programmes.invite_member",
}
ELSEWHERE = {verb: path for path, verbs in WHERE.items() for verb in verbs.split()}
