//! Forms.

use crate::office::Office;
use crate::support::FOR_EVER;
use slack_double::{Input, Settings, Times, UserId, View};
use std::time::Duration;

impl Office {
    /// The form that somebody has before them.
    fn form(&self, who: &UserId) -> View {
        self.double.views(who).pop().expect("a form is open")
    }
}

#[tokio::test]
async fn a_form_asked_for_with_a_command_comes_to_the_plugin() {
    let office = Office::with(&["former"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.slash(general, ada, "order").await;
    let filled = [
        ("what", Input::Text("Tea & <cake>".to_owned())),
        ("wishes", Input::Text("hot\nsweet".to_owned())),
        ("size", Input::Option("big".to_owned())),
        ("for", Input::Entity(ben.to_string())),
        ("where", Input::Entity(general.to_string())),
    ];
    office.acknowledged(&office.double.submit(&office.form(ada).id, &filled)).await;
    let ordered =
        format!("Ada Lovelace ordered by command: what=Tea &amp; &lt;cake&gt;, wishes=hot\nsweet, size=big, for={ben}, where={general}");
    assert_eq!(office.said_in(general), [ordered]);
    assert!(office.double.views(ada).is_empty(), "it is closed");
    office.finish().await;
}

#[tokio::test]
async fn a_form_asked_for_with_a_button_comes_to_the_plugin() {
    let office = Office::with(&["former"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.says(general, ada, "@hatstand order later").await;
    office.press((general, office.last_in(general)), "Order", ben).await;
    office.acknowledged(&office.double.submit(&office.form(ben).id, &[("what", Input::Text("tea".to_owned()))])).await;
    assert_eq!(office.said_in(general)[1..], ["Ben Okri ordered by button: what=tea, size=small"], "what was left empty is left out");
    office.finish().await;
}

#[tokio::test]
async fn a_form_is_taken_after_a_restart() {
    let mut office = Office::with(&["former"]).await;
    let (general, ada) = (office.home.general.clone(), office.home.ada.clone());
    office.slash(&general, &ada, "order").await;
    office.reopen().await;
    office.acknowledged(&office.double.submit(&office.form(&ada).id, &[("what", Input::Text("tea".to_owned()))])).await;
    assert_eq!(office.said_in(&general), ["Ada Lovelace ordered by command: what=tea, size=small"]);
    office.finish().await;
}

#[tokio::test]
async fn who_has_to_wait_too_long_for_a_form_is_told() {
    let times = Times { trigger: Duration::ZERO, ..Times::default() };
    let office = Office::with_slack(&["former"], Settings { times, ..Settings::default() }).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.slash(general, ada, "order").await;
    assert_eq!(office.whispered_to(ada), ["Slack shows a form only right after a press or a slash command. Please try again that way."]);
    assert!(office.double.views(ada).is_empty());
    office.finish_despite(&["expired_trigger_id"]).await;
}

#[tokio::test]
async fn a_mention_brings_nothing_to_open_a_form_with() {
    let office = Office::with(&["former"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.double.post(general, ada, "@hatstand order");
    office.double.until(FOR_EVER, |_| (!office.whispered_to(ada).is_empty()).then_some(())).await.expect("she is told");
    assert!(office.double.views(ada).is_empty());
    office.finish().await;
}
