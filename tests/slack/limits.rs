//! What Slack refuses, for a while or for ever.

use crate::office::Office;
use crate::support::FOR_EVER;
use slack_double::{Call, ChannelKind, Double, Fault, Limits, Settings};
use std::num::NonZeroU32;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(1);

impl Office {
    fn slows_down(&self, method: &str) {
        self.double.fail(method, Fault::RateLimited { retry_after: WAIT.as_secs() }, 1);
    }

    /// Waits until Slack has asked to wait.
    async fn is_refused(&self, method: &str) -> Call {
        let is_refused = |_: &Double| self.calls(method).pop().filter(|call| call.error.is_some());
        self.double.until(FOR_EVER, is_refused).await.expect("Slack asks to wait")
    }

    /// After Slack asked for it once, the method waited and then went on.
    #[track_caller]
    fn assert_waited(&self, method: &str) {
        let calls = self.calls(method);
        let refused = calls.iter().position(|call| call.error.as_deref() == Some("ratelimited")).expect("Slack asked to wait");
        let next = calls.get(refused + 1).expect("it went on");
        assert!(next.at >= calls[refused].at + WAIT, "{method} did not wait");
        assert!(calls[refused + 1..].iter().all(|call| call.error.is_none()), "and it asked once");
    }
}

#[tokio::test]
async fn at_the_bots_own_pace_slack_never_has_to_refuse() {
    let limits = Limits { post_burst: Some(4), ..Limits::default() };
    let mut office = Office::closed(&["greeter"], Settings { limits, ..Settings::default() }).await;
    office.per_second = NonZeroU32::new(1);
    office.open().await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let words = ["one", "two", "three", "four", "five", "six"];
    for word in words {
        office.double.post(general, ada, &format!("@hatstand say {word}"));
    }
    office.settles().await;
    assert_eq!(office.said_in(general), words);
    assert_eq!(office.calls("chat.postMessage").len(), words.len(), "each was posted at the first try");
    office.finish().await;
}

#[tokio::test]
async fn nothing_is_posted_before_slack_allows_it() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.slows_down("chat.postMessage");
    for word in ["one", "two", "three"] {
        office.double.post(general, ada, &format!("@hatstand say {word}"));
    }
    // What was under way elsewhere at the same moment could not know.
    office.is_refused("chat.postMessage").await;
    let direct = office.direct(ben);
    office.double.post(&direct, ben, "say four");
    office.settles().await;
    assert_eq!(office.said_in(general), ["one", "two", "three"]);
    assert_eq!(office.said_in(&direct), ["four"]);
    office.assert_waited("chat.postMessage");
    office.finish().await;
}

#[tokio::test]
async fn only_the_method_waits_that_has_to() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.slows_down("chat.postEphemeral");
    office.double.post(general, ada, "@hatstand greetings");
    let refused = office.is_refused("chat.postEphemeral").await;
    let direct = office.direct(ada);
    office.double.post(&direct, ada, "greet");
    let posted = |_: &Double| office.calls("chat.postMessage").pop();
    let posted = office.double.until(FOR_EVER, posted).await.expect("something else goes on");
    office.settles().await;
    assert!(posted.at < refused.at + WAIT, "meanwhile");
    office.assert_waited("chat.postEphemeral");
    assert_eq!(office.whispered_to(ada).len(), 1);
    office.finish().await;
}

#[tokio::test]
async fn a_change_waits_too() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, "@hatstand board").await;
    office.slows_down("chat.update");
    for _ in 0..2 {
        office.press((general, office.last_in(general)), "Count", ada).await;
    }
    assert_eq!(office.said_in(general), ["Pressed 2 times.\nColour"]);
    office.assert_waited("chat.update");
    office.finish().await;
}

#[tokio::test]
async fn an_answer_to_a_command_waits_too() {
    let office = Office::with(&["greeter"]).await;
    let (ada, elsewhere) = (&office.home.ada, &office.channel_without_bot(ChannelKind::Public));
    office.slows_down("response_url");
    office.slash(elsewhere, ada, "greet").await;
    office.assert_waited("response_url");
    assert_eq!(office.said_in(elsewhere).len(), 1);
    office.finish_despite(&["response_url"]).await;
}

#[tokio::test]
async fn where_the_bot_was_removed_nothing_more_is_said_and_elsewhere_it_goes_on() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada, bot) = (&office.home.general, &office.home.ada, &office.home.tokens.user);
    office.slows_down("chat.postMessage");
    office.double.post(general, ada, "@hatstand say goodbye");
    let is_refused = |_: &Double| (!office.calls("chat.postMessage").is_empty()).then_some(());
    office.double.until(FOR_EVER, is_refused).await.expect("Slack asks to wait");
    office.double.leave(general, bot);
    office.settles().await;
    assert_eq!(office.said_in(general), [""; 0], "it came too late");
    let direct = office.direct(ada);
    assert_eq!(office.says(&direct, ada, "say here").await, ["here"]);
    office.double.join(general, bot);
    assert_eq!(office.says(general, ada, "@hatstand say back").await, ["back"]);
    office.finish().await;
}

#[tokio::test]
async fn what_is_out_is_not_said_again_after_a_restart() {
    let mut office = Office::with(&["greeter"]).await;
    let (general, ada) = (office.home.general.clone(), office.home.ada.clone());
    office.double.fail("chat.postMessage", Fault::Hang, 1);
    office.double.post(&general, &ada, "@hatstand say one");
    let is_out = |_: &Double| (!office.said_in(&general).is_empty()).then_some(());
    office.double.until(FOR_EVER, is_out).await.expect("it is out, and the bot does not know");
    office.reopen().await;
    assert_eq!(office.says(&general, &ada, "@hatstand say two").await, ["two"]);
    assert_eq!(office.said_in(&general), ["one", "two"]);
    office.finish().await;
}

#[tokio::test]
async fn with_a_revoked_token_everything_is_kept_until_there_is_another() {
    let mut office = Office::with(&["greeter"]).await;
    let (general, ada) = (office.home.general.clone(), office.home.ada.clone());
    office.double.fail("chat.postMessage", Fault::ApiError("token_revoked".to_owned()), usize::MAX);
    for word in ["one", "two"] {
        office.double.post(&general, &ada, &format!("@hatstand say {word}"));
    }
    let is_refused = |_: &Double| (!office.calls("chat.postMessage").is_empty()).then_some(());
    office.double.until(FOR_EVER, is_refused).await.expect("the token is tried");
    office.is_told().await;
    office.close().await;
    assert_eq!(office.calls("chat.postMessage").len(), 1, "and only once: no storm");
    office.double.mend();
    office.open().await;
    office.settles().await;
    assert_eq!(office.said_in(&general), ["one", "two"]);
    office.finish_despite(&["token_revoked"]).await;
}
