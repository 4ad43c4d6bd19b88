"""What no clause asks for and must hold: the change of the code that breaks it, and the test that notices."""

from dataclasses import dataclass

from tests.architecture.mutations import Mutation


@dataclass(frozen=True)
class Beside(Mutation):
    """As ``Mutation``, with the one test that fails."""

    proof: str


STORIES = "tests/stories/test_"
BESIDE: dict[str, Beside] = {
    "kept-private": Beside(
        "visits/private.py",
        "if v.description and not v.private)",
        "if v.description)",
        f"{STORIES}kept_private.py::test_no_name_finds_them_and_no_board_calls_them",
    ),
    "private-return": Beside(
        "visits/keeping_private.py",
        "        row.private = True\n",
        "        row.private = False\n",
        f"{STORIES}returns_not_sent.py::test_a_customer_who_is_kept_private_afterwards_is_sent_nothing_before_a_safe_way"
        "_is_confirmed",
    ),
    "kept-apart": Beside(
        "visits/apart.py",
        "(v for v in out if _near(",
        "(v for v in out if not _near(",
        f"{STORIES}kept_private.py::test_two_who_must_not_meet_are_marked_on_both_and_warned_of_before_they_are_close",
    ),
    "outage-put-away": Beside(
        "sites/outages.py",
        "by.check(Permission.SAFETY_RECORD, site)",
        "by.check(Permission.VISIT_READ, site)",
        "tests/screens/test_outage_pages.py::test_only_who_sees_the_whole_list_puts_it_away",
    ),
    "outage-hidden": Beside(
        "screens/site/outage.py",
        "staff_only=not counter, hidden=hidden)",
        "staff_only=not counter)",
        "tests/screens/test_outage_pages.py::test_what_is_kept_from_somebody_is_not_on_their_list",
    ),
    "lone-at-desks": Beside(
        "journal/rules.py",
        'return by.kind == "device" and family in AT_A_DESK',
        "return False",
        f"{STORIES}working_alone.py::test_a_desk_learns_that_lone_work_changed_and_neither_whose_nor_what_is_missing",
    ),
    "newest-letter": Beside(
        "visits/confirming.py",
        "    delivery.withdraw_letters(subject, way)\n",
        "",
        f"{STORIES}returns_not_sent.py::test_when_the_gateway_is_back_only_what_is_true_now_goes_out",
    ),
    "letter-once": Beside(
        "delivery/rules.py",
        "ONCE = frozenset({TEXT})",
        "ONCE = frozenset({SCREEN})",
        f"{STORIES}returns_not_sent.py::test_a_gateway_that_hangs_up_may_have_sent_it_so_a_person_asks",
    ),
    "past-letter": Beside(
        "visits/confirming.py",
        "    if row.starts_at <= now:\n",
        "    if row.ends_at <= now:\n",
        f"{STORIES}returns_not_sent.py::test_of_a_time_that_is_past_nothing_is_sent_and_that_is_said",
    ),
    "kiosk-once": Beside(
        "visits/not_entered.py",
        "        if journal.newest_of(subject, [Event.VISIT_NOT_ENTERED], 1):\n            return\n",
        "",
        f"{STORIES}kiosk.py::test_an_arrival_that_is_refused_has_the_desk_go_and_look_once_until_somebody_says_so",
    ),
    "sent-once": Beside(
        "journal/once.py",
        "            row = Sent.objects.create(id=id, said=said, at=now)\n",
        '            row = Sent.objects.create(id=f"{id[1:]}{Sent.objects.count()}", said=said, at=now)\n',
        f"{STORIES}sent_once.py::test_an_arrival_that_is_sent_again_is_one_customer_and_the_answer_is_the_same",
    ),
    "offer-ends": Beside(
        "rota/turns.py",
        "if person != turn.person and not duty:",
        "if person == turn.person and not duty:",
        f"{STORIES}rota_changes.py::test_a_swap_whose_shift_was_given_away_meanwhile_is_not_taken",
    ),
    "D6-day-first": Beside(
        "screens/response/document_forms.py",
        'DAYS = ("%d/%m/%Y", ',
        'DAYS = ("%m/%d/%Y", ',
        "tests/screens/test_document_pages.py::test_d6_the_day_is_read_as_day_and_month_and_stored_as_a_date",
    ),
    "D7-by-post": Beside(
        "documents/rules.py",
        "return _plain(authority) in {_plain(author.post) for author in authors if author.post}",
        "return False",
        f"{STORIES}documents.py::test_d7_the_author_cannot_authorise_alone_by_person_else_by_post",
    ),
    "D9-reminded": Beside(
        "documents/rules.py",
        "return last is not None and since",
        "return False and since",
        f"{STORIES}reviews.py::test_d9_a_post_of_a_team_is_held_by_its_people",
    ),
    "D9-once-a-day": Beside(
        "documents/rules.py",
        "any(last <= day <= today for day in reminded)",
        "any(day > today for day in reminded)",
        f"{STORIES}reviews.py::test_d9_a_clock_that_is_set_back_reminds_of_no_day_twice",
    ),
}
