"""What people write on Telegram, as the program gets it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import Chat, ChatKind, Inbound
from bot.platforms.telegram import codec
from tests.platforms.telegram.server import BOT_ID, USERNAME, entity, group, person

NOW = datetime(2020, 2, 5, 8, tzinfo=UTC)
SENT = 1580860800  # 2020-02-05 00:00 UTC
ME = codec.Me(str(BOT_ID), USERNAME)
GROUP = -1001234500001
ANYBODY = person(20001, first_name="伟", last_name="张")


def update(kind: str = "message", chat: int = GROUP, **fields: Any) -> dict[str, Any]:
    place = group(chat) if chat < 0 else {**person(chat), "type": "private"}
    message = {"message_id": 7, "from": ANYBODY, "chat": place, "date": SENT, **fields}
    return {"update_id": 1, kind: {key: value for key, value in message.items() if value is not ...}}


def read(kind: str = "message", **fields: Any) -> Inbound | None:
    return codec.inbound(update(kind, **fields), "telegram", ME, NOW)


def heard(kind: str = "message", **fields: Any) -> Inbound:
    message = read(kind, **fields)
    assert message is not None
    return message


def test_a_message_in_a_group() -> None:
    assert heard(text="36.5，没有不舒服") == Inbound(
        account=str(BOT_ID),
        message_id=f"{GROUP}:7",
        chat=Chat("telegram", ChatKind.GROUP, str(GROUP)),
        sender=heard(text="好").sender,
        text="36.5，没有不舒服",
        at=datetime(2020, 2, 5, tzinfo=UTC),
    )
    assert (heard(text="好").sender.id, heard(text="好").sender.name) == ("20001", "伟 张")


def test_a_message_in_private() -> None:
    assert heard(chat=20001, text="36.5").chat == Chat("telegram", ChatKind.PRIVATE, "20001")
    assert heard(chat=20001, text="36.5").message_id == "20001:7"


def test_a_small_group_is_a_group() -> None:
    assert heard(chat=-4001, text="36.5").chat == Chat("telegram", ChatKind.GROUP, "-4001")


@pytest.mark.parametrize(
    ("date", "at"), [(SENT * 1000, datetime(2020, 2, 5, tzinfo=UTC)), (None, NOW), (-1, NOW), (10**18, NOW)]
)
def test_a_date_of_another_unit_or_none_is_survived(date: object, at: datetime) -> None:
    assert heard(text="36.5", date=date).at == at


# -- who is spoken to


def test_a_mention_of_the_bot_is_taken_out() -> None:
    text = f"@{USERNAME} 36.5"
    message = heard(text=text, entities=[entity("mention", text, f"@{USERNAME}")])
    assert (message.text, message.mentions_bot) == ("36.5", True)


@pytest.mark.parametrize(
    "text", [f"请问@{USERNAME}", f"请问 @{USERNAME.upper()}", f"@{USERNAME}请问", f"😷@{USERNAME}，请问"]
)
def test_a_mention_without_an_entity_counts_too(text: str) -> None:
    assert heard(text=text).mentions_bot
    assert "@" not in heard(text=text).text
    assert "请问" in heard(text=text).text


@pytest.mark.parametrize("text", [f"@{USERNAME}2 36.5", f"zhang@{USERNAME}.com", "@zhangwei 36.5", "36.5"])
def test_other_names_are_no_mention(text: str) -> None:
    message = heard(text=text, entities=[])
    assert (message.text, message.mentions_bot) == (text, False)


def test_a_linked_name_after_emoji_stays_as_a_name() -> None:
    text = "😷👨‍👩‍👧请王芳36.5再测"
    message = heard(text=text, entities=[entity("text_mention", text, "王芳", user=person(20002))])
    assert (message.text, message.mentions_bot) == ("😷👨‍👩‍👧请@王芳 36.5再测", False)


def test_two_linked_names_of_which_one_is_the_bots() -> None:
    text = "😷联防 看看王芳"
    links = [
        entity("text_mention", text, "联防", user=person(BOT_ID)),
        entity("text_mention", text, "王芳", user=person(20002)),
    ]
    message = heard(text=text, entities=links)
    assert (message.text, message.mentions_bot) == ("😷 看看@王芳", True)


@pytest.mark.parametrize(
    "entities",
    [7, [7], [{}], [{"type": "text_mention"}], [{"type": "text_mention", "offset": -1, "length": 9}],
     [{"type": "text_mention", "offset": 99, "length": 9, "user": 7}],
     [{"type": "text_mention", "offset": 1, "length": 1, "user": {}}]],
)  # fmt: skip
def test_entities_that_are_garbage_cost_no_message(entities: object) -> None:
    assert "36.5" in heard(text="😷 36.5", entities=entities).text


def test_a_reply_to_the_bot_is_said_to_it() -> None:
    replied = {"message_id": 5, "from": person(BOT_ID, is_bot=True), "text": "请测体温"}
    message = heard(text="36.5", reply_to_message=replied)
    assert (message.reply_to, message.mentions_bot) == (f"{GROUP}:5", True)


def test_a_reply_to_somebody_else_is_not() -> None:
    message = heard(text="36.5", reply_to_message={"message_id": 5, "from": person(20002), "text": "多少度"})
    assert (message.reply_to, message.mentions_bot) == (f"{GROUP}:5", False)


def test_a_message_in_a_topic_is_no_reply() -> None:
    opening = {"message_id": 5, "from": person(BOT_ID, is_bot=True), "forum_topic_created": {"name": "体温"}}
    message = heard(text="36.5", reply_to_message=opening, is_topic_message=True, message_thread_id=5)
    assert (message.reply_to, message.mentions_bot) == (None, False)


# -- commands


@pytest.mark.parametrize(
    ("said", "text"),
    [("/checkin@{} 36.5", "/checkin 36.5"), ("/CheckIn@{}", "/CheckIn"), ("/打卡@{} 36.5", "/打卡 36.5"),
     ("/checkin@{}体温36.5", "/checkin 体温36.5"), ("/checkin@{}\n36.5", "/checkin 36.5")],
)  # fmt: skip
def test_a_command_with_the_bots_name_is_said_to_it(said: str, text: str) -> None:
    message = heard(text=said.format(USERNAME))
    assert (message.text, message.mentions_bot) == (text, True)


def test_a_command_of_another_bot_in_a_group_is_not_for_us() -> None:
    assert read(text="/x@OtherBot 36.5") is None


def test_in_private_everything_is_for_us() -> None:
    assert heard(chat=20001, text="/x@OtherBot").text == "/x@OtherBot"


@pytest.mark.parametrize("text", ["/打卡@zhangwei 36.5", "试试 /help@OtherBot", "/checkin 36.5"])
def test_other_commands_stay_as_they_are(text: str) -> None:
    message = heard(text=text)
    assert (message.text, message.mentions_bot) == (text, False)


@pytest.mark.parametrize("text", ["/start", "/start 3-502", f"/start@{USERNAME}"])
def test_the_first_message_to_every_bot_asks_for_help(text: str) -> None:
    assert heard(chat=20001, text=text).text == "/帮助"


def test_start_in_a_group_is_left_alone_unless_it_names_us() -> None:
    assert heard(text="/start").text == "/start"
    assert heard(text="/started", chat=20001).text == "/started"
    assert heard(text=f"/start@{USERNAME} x").text == "/帮助"


# -- edits


def test_an_edited_message_is_heard_under_an_id_of_its_own() -> None:
    message = heard("edited_message", text="38.5", edit_date=SENT + 60)
    assert (message.text, message.message_id) == ("38.5", f"{GROUP}:7:edit{SENT + 60}")
    assert message.at == datetime(2020, 2, 5, 0, 1, tzinfo=UTC)


def test_an_edited_caption_is_heard() -> None:
    assert heard("edited_message", photo=[], caption="38.5", edit_date=SENT).text == "38.5"


@pytest.mark.parametrize("fields", [{"text": "38.5"}, {"location": {}, "edit_date": SENT}])
def test_a_change_that_nobody_wrote_is_no_edit(fields: dict[str, Any]) -> None:
    assert read("edited_message", **fields) is None


# -- pictures and other content


def test_the_largest_size_of_a_photo_with_its_caption() -> None:
    sizes = [{"file_id": id, "width": side, "height": side} for id, side in (("S", 90), ("L", 1280), ("M", 320))]
    message = heard(photo=sizes, caption=f"@{USERNAME} 体温计")
    assert (message.text, message.images, message.mentions_bot) == ("体温计", ("telegram:L",), True)


def test_a_picture_sent_as_a_file() -> None:
    assert heard(document={"file_id": "D", "mime_type": "image/png"}).images == ("telegram:D",)
    assert heard(document={"file_id": "D", "mime_type": "application/pdf"}).images == ()


@pytest.mark.parametrize("content", ["sticker", "voice", "location", "contact"])
def test_what_has_no_words_is_heard_without_words(content: str) -> None:
    assert heard(**{content: {"file_id": "x"}}).text == ""


@pytest.mark.parametrize(
    "fields",
    [{"new_chat_members": [ANYBODY]}, {"left_chat_member": ANYBODY}, {"pinned_message": {"text": "36.5"}},
     {"migrate_to_chat_id": -100}, {"new_chat_title": "36.5"}, {"group_chat_created": True}, {}],
)  # fmt: skip
def test_what_happens_to_a_group_is_nothing_that_was_said(fields: dict[str, Any]) -> None:
    assert read(**fields) is None


# -- who writes


def test_another_bot_is_marked_as_one() -> None:
    assert heard(text="36.5", **{"from": person(30001, is_bot=True)}).sender.is_bot
    assert not heard(text="36.5").sender.is_bot


def test_our_own_words_are_not_heard() -> None:
    assert read(text="36.5", **{"from": person(BOT_ID, is_bot=True)}) is None


@pytest.mark.parametrize(
    ("author", "chat"),
    [(person(1087968824, is_bot=True), group(GROUP)),  # an administrator who stays unknown
     (person(136817688, is_bot=True), {"id": -1009, "type": "channel"}),  # somebody in the name of a channel
     (person(777000), {"id": -1009, "type": "channel"})],  # the channel that belongs to the group
)  # fmt: skip
def test_who_writes_in_the_name_of_a_chat_is_nobody(author: dict[str, Any], chat: dict[str, Any]) -> None:
    message = heard(text="36.5", sender_chat=chat, **{"from": author})
    assert message.sender.is_bot
    assert message.sender.id == str(author["id"])


def test_channels_are_no_conversation() -> None:
    assert read("channel_post", text="36.5") is None
    post = update(text="36.5")
    post["message"]["chat"]["type"] = "channel"
    assert codec.inbound(post, "telegram", ME, NOW) is None
    assert read(text="36.5", **{"from": ...}) is None
    assert codec.inbound({"update_id": 1, "channel_post": {"text": "36.5"}}, "telegram", ME, NOW) is None


def test_a_message_by_way_of_an_inline_bot_is_its_senders() -> None:
    message = heard(text="36.5", via_bot=person(30001, is_bot=True))
    assert (message.sender.id, message.sender.is_bot) == ("20001", False)


def test_a_name_without_a_family_name() -> None:
    assert heard(text="36.5", **{"from": person(20001, first_name="王\x00芳")}).sender.name == "王芳"
    assert heard(text="36.5", **{"from": {"id": 20001}}).sender.name == ""


# -- the bot itself


def test_what_is_missing_of_the_account_is_no_reason_not_to_serve() -> None:
    assert codec.me({"id": 7, "username": "x"}) == codec.Me("7", "x", hears_all=True)
    assert codec.me({"id": 7, "can_read_all_group_messages": False}).limits.startswith("privacy mode")
    nameless = codec.inbound(update(text="@ 36.5 @"), "telegram", codec.Me("7"), NOW)
    assert nameless is not None
    assert (nameless.text, nameless.mentions_bot) == ("@ 36.5 @", False)
