//! What the real host is held to, natively: the same plugins and the same conversations in a room.

#[path = "../../tests/plugins/asker/src/lib.rs"]
mod asker;
#[path = "../../tests/plugins/clockwork/src/lib.rs"]
mod clockwork;

use hatstand_plugin::testing::transcript;

#[test]
fn questions() {
    transcript::<asker::Asker>("../tests/transcripts/host/questions.txt");
}

#[test]
fn schedules() {
    transcript::<clockwork::Clockwork>("../tests/transcripts/host/schedules-summer.txt");
}
