//! A provider that is down, slow, tired, broken, or that answers nonsense: each has its sentence, and nothing is lost or done twice.

use super::scene::{MAIN, OTHER, answer, begin, body, commit, deployment, heard, hook, room, sent, status};
use hatstand_plugin::testing::Room;
use hatstand_plugin::{HttpAnswer, HttpFailure};
use serde_json::{Value, json};

/// Something happens to what was sent last.
type Happening = &'static dyn Fn(&mut Room);

/// What is sent last fails.
fn fail(room: &mut Room, failure: HttpFailure) {
    let tag = sent(room).tag;
    room.fails(&tag, failure);
}

/// The connection broke.
fn cut() -> HttpFailure {
    HttpFailure::Connection("connection closed before message completed; whether it arrived is not known".to_owned())
}

/// There was none.
fn down() -> HttpFailure {
    HttpFailure::Connection("connection refused".to_owned())
}

/// How often a deploy was ordered.
fn orders(room: &Room) -> usize {
    room.requests().iter().filter(|request| request.method == "POST" && request.url.ends_with("/deployments")).count()
}

#[test]
fn before_it_has_begun_nothing_is_deployed() {
    let troubles: [(Happening, &str); 8] = [
        (&|room| fail(room, down()), "GitHub cannot be reached. Try again when it is back."),
        (&|room| fail(room, HttpFailure::Timeout), "GitHub did not answer in time. Try again in a while."),
        (&|room| answer(room, 429, &json!({})), "GitHub wants fewer requests from me (429). Try again in a few minutes."),
        (&|room| answer(room, 500, &json!({})), "GitHub is broken at the moment (500). Try again in a while, or look at its status page."),
        (&|room| answer(room, 200, &json!({ "no": "sha" })), "GitHub answered something that I cannot read."),
        (&|room| answer(room, 200, &json!("<html>")), "GitHub answered something that I cannot read."),
        (&|room| answer(room, 401, &json!({})), "GitHub does not let me do that (401). Whoever operates me has to look at the credential"),
        (&|room| fail(room, HttpFailure::TooLarge), "GitHub answered something that I cannot read."),
    ];
    for (trouble, sentence) in troubles {
        let mut room = room(&json!({}));
        room.says("ann", "deploy web");
        heard(&mut room);
        trouble(&mut room);
        let said = heard(&mut room);
        assert!(said.starts_with("bot(ann)> ") && said.contains(sentence) && said.ends_with("Nothing was deployed."), "{said}");
        assert_eq!(orders(&room), 0);
        room.says("ann", "deploy status 1");
        assert!(heard(&mut room).contains(": refused."));
    }
}

#[test]
fn a_limit_of_github_is_told_from_a_missing_right() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web");
    heard(&mut room);
    let headers = vec![("x-ratelimit-remaining".to_owned(), "0".to_owned())];
    let tag = sent(&room).tag;
    room.responds_with(&tag, HttpAnswer { status: 403, headers, body: Vec::new() });
    assert!(heard(&mut room).contains("GitHub wants fewer requests from me"));
}

#[test]
fn while_it_is_checked_too() {
    for trouble in [500, 404, 200] {
        let mut room = room(&json!({ "contexts": ["ci"] }));
        room.says("ann", "deploy web");
        answer(&mut room, 200, &commit(MAIN));
        heard(&mut room);
        answer(&mut room, trouble, &json!({}));
        assert!(heard(&mut room).contains("Nothing was deployed."));
        let mut room = super::scene::room(&json!({ "behind": "refuse" }));
        room.says("ann", "deploy web@fix");
        answer(&mut room, 200, &commit(MAIN));
        heard(&mut room);
        answer(&mut room, trouble, &json!({}));
        assert!(heard(&mut room).contains("Nothing was deployed."));
    }
}

/// A deploy that was ordered, and nothing is known of the answer.
fn ordered() -> Room {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    heard(&mut room);
    room
}

#[test]
fn a_refused_order_fails_with_the_reason() {
    let mut room = ordered();
    answer(&mut room, 409, &json!({ "message": "Conflict merging main into fix" }));
    let said = heard(&mut room);
    assert!(said.contains("@ann: deploy 1 of *web* to *staging* failed. GitHub refuses: Conflict merging main into fix."), "{said}");
    room.says("bob", "check staging on web");
    assert!(heard(&mut room).contains("is not locked"), "the lock is given back");
}

#[test]
fn an_order_that_never_arrived_fails_at_once() {
    let mut room = ordered();
    fail(&mut room, down());
    let said = heard(&mut room);
    assert!(said.contains("@ann: deploy 1 of *web* to *staging* failed. GitHub cannot be reached. Try again when it is back."), "{said}");
    assert_eq!((orders(&room), sent(&room).method.as_str()), (1, "POST"), "there is nothing to look for");
}

#[test]
fn an_order_of_which_nobody_knows_is_looked_for_and_never_repeated() {
    let unknown: [&dyn Fn(&mut Room); 4] =
        [&|room| fail(room, cut()), &|room| fail(room, HttpFailure::Timeout), &|room| answer(room, 500, &json!({})), &|room| {
            answer(room, 201, &json!("nonsense"));
        }];
    for trouble in unknown {
        let mut room = ordered();
        let key = body(&sent(&room))["payload"]["hatstand"].clone();
        trouble(&mut room);
        assert!(heard(&mut room).contains("GitHub did not say whether it has begun: I look for it, and do not begin it twice."));
        let url = format!("https://api.github.com/repos/acme/web/deployments?sha={MAIN}&environment=staging&task=deploy&per_page=100");
        assert_eq!((sent(&room).method.as_str(), sent(&room).url), ("GET", url));
        let (mut other, mut own) = (deployment(6, MAIN), deployment(7, MAIN));
        other["payload"] = json!({ "hatstand": "1-somebody-else" });
        own["payload"] = Value::String(json!({ "hatstand": key }).to_string());
        answer(&mut room, 200, &json!([other, own]));
        assert!(heard(&mut room).contains("GitHub has it, and has not begun yet."));
        hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
        assert!(heard(&mut room).contains("is on *staging*"));
        assert_eq!(orders(&room), 1);
    }
}

#[test]
fn what_is_not_there_has_not_begun() {
    let mut room = ordered();
    fail(&mut room, cut());
    answer(&mut room, 200, &json!([]));
    heard(&mut room);
    room.wait("1 minute");
    answer(&mut room, 200, &json!([]));
    let said = heard(&mut room);
    assert!(said.contains("@ann: deploy 1 of *web* to *staging* failed. GitHub knows nothing of it, so it has not begun."), "{said}");
    assert!(said.contains("[1] Rollback  [2] Retry"));
    assert_eq!(orders(&room), 1);
}

#[test]
fn a_provider_that_is_gone_for_an_hour_is_asked_until_it_is_back() {
    let mut room = ordered();
    let key = body(&sent(&room))["payload"]["hatstand"].clone();
    fail(&mut room, cut());
    for _ in 0..50 {
        fail(&mut room, down());
        room.wait("1 minute");
    }
    assert!(heard(&mut room).contains("GitHub cannot be reached."));
    let mut own = deployment(7, MAIN);
    own["payload"] = json!({ "hatstand": key });
    answer(&mut room, 200, &json!([own]));
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:55:30Z"));
    assert!(heard(&mut room).contains("is on *staging*"));
    assert_eq!(orders(&room), 1);
}

#[test]
fn what_stays_unknown_is_said_to_be() {
    let mut room = ordered();
    fail(&mut room, cut());
    for _ in 0..60 {
        fail(&mut room, down());
        room.wait("1 minute");
    }
    let said = heard(&mut room);
    assert!(
        said.contains("@ann: I do not know what became of deploy 1 of *web* to *staging*. Look at GitHub before you try again."),
        "{said}"
    );
    let requests = room.requests().len();
    room.wait("1 day");
    assert_eq!(room.requests().len(), requests);
}

#[test]
fn a_provider_that_cannot_be_asked_how_it_goes_is_asked_again() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    for failure in [down(), HttpFailure::Timeout] {
        room.wait("5 minutes");
        fail(&mut room, failure);
    }
    let said = heard(&mut room);
    assert!(said.contains("10:05 – GitHub cannot be reached.") && said.contains("10:10 – GitHub did not answer in time."), "{said}");
    room.wait("5 minutes");
    answer(&mut room, 200, &json!([status(7, 3, "success", "2026-01-05T10:00:20Z")["deployment_status"]]));
    assert!(heard(&mut room).contains("is on *staging*"));
}

#[test]
fn an_answer_to_what_is_over_changes_nothing() {
    let mut room = room(&json!({ "confirm": "always" }));
    room.says("ann", "deploy web");
    let tag = sent(&room).tag;
    answer(&mut room, 200, &commit(MAIN));
    room.says("ann", "deploy cancel 1");
    heard(&mut room);
    room.responds(&tag, 200, commit(OTHER).to_string());
    room.responds("run:99 resolve", 200, "{}");
    assert_eq!(heard(&mut room), "");
}

#[test]
fn what_a_provider_says_can_neither_format_nor_link() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    let mut bad = status(7, 1, "failure", "2026-01-05T10:00:30Z");
    bad["deployment_status"]["description"] = "<!channel> *[x](javascript:x)*".into();
    bad["deployment_status"]["target_url"] = "https://x/) [click](https://evil".into();
    let mut long = status(7, 0, "in_progress", "2026-01-05T10:00:20Z");
    long["deployment_status"]["description"] = "x".repeat(100_000).into();
    long["deployment_status"]["target_url"] = format!("https://x/{}", "x".repeat(100_000)).into();
    hook(&mut room, &long);
    assert!(heard(&mut room).len() < 1_000, "it fits into a message");
    hook(&mut room, &bad);
    let said = heard(&mut room);
    assert!(!said.contains("[Look]("), "{said}");
    assert!(said.contains("Look: https://x/) [click](https://evil"), "{said}");
}
