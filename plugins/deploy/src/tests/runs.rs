//! What happens to a deploy that has begun.

use super::scene::{MAIN, OTHER, answer, begin, body, commit, deploy, deployment, heard, hook, room, sent, status};
use hatstand_plugin::testing::Room;
use hatstand_plugin::{Event, HttpFailure, Program, Upgrade};
use serde_json::json;

const LINK: &str = "[Look](https://ci.example/7)";

fn says(room: &mut Room, who: &str, line: &str) -> String {
    room.says(who, line);
    heard(room)
}

/// The card as it was shown last.
fn card(room: &mut Room) -> String {
    let lines = room.heard();
    lines.into_iter().rfind(|line| line.starts_with("bot edits> ")).expect("the card was shown")
}

#[test]
fn a_deploy_is_told_on_one_card() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web because it is time");
    assert_eq!(heard(&mut room), "bot(ann)> Deploy 1: looking up `main` of *web* …");
    answer(&mut room, 200, &commit(MAIN));
    let head = "Deploy 1: `6dcb09b` (main) of *web* to *staging*, by ann, because it is time.";
    assert_eq!(heard(&mut room), format!("bot> {head}\n    GitHub is asked to begin.\n    [1] Cancel"));
    let order = body(&sent(&room));
    assert_eq!((order["ref"].as_str(), order["environment"].as_str()), (Some(MAIN), Some("staging")));
    assert_eq!((order["auto_merge"].as_bool(), order["required_contexts"].as_array().map(Vec::len)), (Some(false), Some(0)));
    answer(&mut room, 201, &deployment(7, MAIN));
    assert_eq!(heard(&mut room), format!("bot edits> {head}\n    GitHub has it, and has not begun yet.\n    [1] Cancel"));
    hook(&mut room, &status(7, 1, "in_progress", "2026-01-05T10:00:10Z"));
    assert_eq!(heard(&mut room), format!("bot edits> {head}\n    Running. {LINK}\n    10:00 – It runs\n    [1] Cancel"));
    room.wait("2 minutes");
    hook(&mut room, &status(7, 2, "success", "2026-01-05T10:02:00Z"));
    let (done, card) = ("bot> @ann: `6dcb09b` (main) of *web* is on *staging* (deploy 1).", "*Done* after 2 min.");
    assert_eq!(heard(&mut room), format!("{done}\nbot edits> {head}\n    {card} {LINK}\n    10:00 – It runs"));
    room.wait("1 day");
    assert_eq!(heard(&mut room), "", "nothing is left to happen");
}

#[test]
fn all_that_happens_is_about_the_deploy() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web");
    assert_eq!(room.about(), "deploy 1");
    answer(&mut room, 200, &commit(MAIN));
    assert_eq!(room.about(), "deploy 1");
    answer(&mut room, 201, &deployment(7, MAIN));
    room.says("ann", "locks");
    assert_eq!(room.about(), "");
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    assert_eq!((room.about(), room.outcome().code.as_str()), ("deploy 1", "succeeded"));
    room.says("ann", "deploy web@nonsense");
    answer(&mut room, 422, &json!({}));
    assert_eq!((room.about(), room.outcome().code.as_str()), ("deploy 2", "refused.ref"), "the trail says what came of it");
}

#[test]
fn in_a_thread_each_step_is_a_line_there() {
    let mut room = room(&json!({}));
    room.says_in_thread("ann", "17", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    answer(&mut room, 201, &deployment(7, MAIN));
    heard(&mut room);
    hook(&mut room, &status(7, 1, "in_progress", "2026-01-05T10:00:10Z"));
    let said = heard(&mut room);
    assert!(said.starts_with("bot> It runs\nbot edits> ") && !said.contains("– It runs"), "{said}");
}

#[test]
fn the_card_tells_what_changes() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    room.says("ann", "deploy web@fix");
    answer(&mut room, 200, &commit(OTHER));
    let change = format!("Instead of `6dcb09b`: [what changes](https://github.com/acme/web/compare/{MAIN}...{OTHER}).");
    assert!(heard(&mut room).contains(&change));
}

#[test]
fn the_same_commit_is_no_change() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    begin(&mut room, "ann", "deploy web@main", 8);
    assert!(heard(&mut room).contains("by ann. No change."));
}

#[test]
fn nobody_picks_it_up() {
    let mut room = room(&json!({ "pickup": "45s" }));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    room.wait("44 seconds");
    assert_eq!(heard(&mut room), "");
    room.wait("1 second");
    let says =
        "bot@ann> Nobody picked up deploy 1 of *web* to *staging* within 45 s. Is whatever deploys for GitHub running?\n    [1] Cancel";
    assert_eq!(heard(&mut room), says);

    let mut room = super::scene::room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    hook(&mut room, &status(7, 1, "in_progress", "2026-01-05T10:00:10Z"));
    heard(&mut room);
    room.wait("1 minute");
    assert_eq!(heard(&mut room), "", "somebody did");
}

#[test]
fn what_takes_too_long_may_be_stuck() {
    let mut room = room(&json!({ "limit": "10 minutes" }));
    begin(&mut room, "ann", "deploy web", 7);
    hook(&mut room, &status(7, 1, "in_progress", "2026-01-05T10:00:10Z"));
    heard(&mut room);
    room.wait("10 minutes");
    let stuck = "Deploy 1 of *web* to *staging* has been running for 10 min, longer than 10 min: it may be stuck.\n    [1] \
        Cancel  [2] Keep waiting";
    assert!(heard(&mut room).contains(stuck));
    assert_eq!(sent(&room).url, "https://api.github.com/repos/acme/web/deployments/7/statuses?per_page=100", "it is asked as well");
    room.presses("ann", "Keep waiting");
    assert_eq!(heard(&mut room), "bot(ann)> I ask again at 10:20.");
    room.wait("10 minutes");
    assert!(heard(&mut room).contains("has been running for 20 min"));
    hook(&mut room, &status(7, 2, "success", "2026-01-05T10:20:00Z"));
    heard(&mut room);
    room.presses("ann", "Keep waiting");
    assert!(heard(&mut room).contains("Deploy 1 is over: succeeded."));
}

#[test]
fn what_comes_twice_or_late_says_nothing_new() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    let running = status(7, 2, "in_progress", "2026-01-05T10:00:10Z");
    hook(&mut room, &running);
    heard(&mut room);
    hook(&mut room, &running);
    hook(&mut room, &status(7, 1, "queued", "2026-01-05T10:00:05Z"));
    hook(&mut room, &status(7, 1, "queued", "2026-01-05T10:00:10Z"));
    assert_eq!(heard(&mut room), "", "the same, an earlier one, and an earlier one of the same second");
    let done = status(7, 3, "success", "2026-01-05T10:00:20Z");
    hook(&mut room, &done);
    heard(&mut room);
    hook(&mut room, &done);
    hook(&mut room, &running);
    assert_eq!(heard(&mut room), "", "it ends once");
}

#[test]
fn all_orders_of_statuses_come_to_the_same() {
    let statuses = [("queued", 1), ("in_progress", 2), ("success", 3)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut room = room(&json!({}));
        begin(&mut room, "ann", "deploy web", 7);
        for (state, id) in order.map(|index: usize| statuses[index]) {
            hook(&mut room, &status(7, id, state, &format!("2026-01-05T10:00:{:02}Z", id * 10)));
        }
        let said = heard(&mut room);
        assert_eq!(said.matches("is on *staging*").count(), 1, "{order:?}\n{said}");
        assert!(says(&mut room, "ann", "deploy status 1").contains(": succeeded."), "{order:?}");
    }
}

#[test]
fn what_ended_otherwise_than_was_said_is_corrected() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    hook(&mut room, &status(7, 99, "failure", "2026-01-05T10:01:00Z"));
    let said = heard(&mut room);
    assert!(said.contains("bot> @ann: GitHub says now that deploy 1 of *web* to *staging* failed."), "{said}");
    assert!(said.contains("*Failed*") && said.contains("[1] Rollback  [2] Retry"), "{said}");
    assert!(says(&mut room, "ann", "deploy latest web").contains("• *staging*: nothing that I know of"));
}

#[test]
fn a_status_may_be_faster_than_the_answer_to_the_order() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    let (start, key) = (sent(&room).tag, body(&sent(&room))["payload"]["hatstand"].clone());
    let mut early = status(7, 1, "in_progress", "2026-01-05T10:00:10Z");
    early["deployment"]["payload"] = json!({ "hatstand": key });
    hook(&mut room, &early);
    assert!(card(&mut room).contains("Running."));
    room.responds(&start, 201, deployment(7, MAIN).to_string());
    assert!(!heard(&mut room).contains("has not begun"), "it does not go back");
    hook(&mut room, &status(7, 2, "success", "2026-01-05T10:00:20Z"));
    assert!(heard(&mut room).contains("is on *staging*"));
}

#[test]
fn what_is_not_ours_is_nobodys_business() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    hook(&mut room, &status(8, 1, "success", "2026-01-05T10:00:10Z"));
    room.webhook("github", &[("X-GitHub-Event", "ping")], "{}");
    room.webhook("github", &[], "nonsense");
    let key = serde_json::Value::from("1-0123");
    let mut forged = status(9, 1, "success", "2026-01-05T10:00:10Z");
    forged["deployment"]["payload"] = json!({ "hatstand": key });
    hook(&mut room, &forged);
    room.webhook("gitlab", &[], json!({ "object_kind": "pipeline", "object_attributes": { "id": 7, "status": "success" } }).to_string());
    assert_eq!(heard(&mut room), "");
    assert_eq!(room.outcome().broken, None);
}

#[test]
fn a_failure_offers_to_go_back_or_to_try_again() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web", 6);
    heard(&mut room);
    room.says("ann", "deploy web@fix size=2 because it is time");
    answer(&mut room, 200, &commit(OTHER));
    answer(&mut room, 201, &deployment(7, OTHER));
    heard(&mut room);
    let mut failed = status(7, 1, "failure", "2026-01-05T10:00:30Z");
    failed["deployment_status"]["description"] = "The disk is full.".into();
    hook(&mut room, &failed);
    let said = heard(&mut room);
    assert!(said.contains("bot> @ann: deploy 2 of *web* to *staging* failed. GitHub says: The disk is full."), "{said}");
    assert!(said.contains("*Failed* after a moment.") && said.contains("[1] Rollback  [2] Retry"), "{said}");

    room.presses("ann", "Retry");
    assert!(sent(&room).url.ends_with(&format!("/commits/{OTHER}")), "the commit is pinned");
    answer(&mut room, 200, &commit(OTHER));
    let order = body(&sent(&room));
    assert_eq!((order["payload"]["parameters"]["size"].as_str(), order["description"].as_str()), (Some("2"), Some("it is time")));
    answer(&mut room, 201, &deployment(8, OTHER));
    hook(&mut room, &status(8, 1, "failure", "2026-01-05T10:01:30Z"));
    heard(&mut room);
}

#[test]
fn a_rollback_deploys_what_was_there_before() {
    let mut room = room(&json!({ "contexts": ["ci/build"], "in-order": true, "confirm": "off", "environments": ["staging"] }));
    assert!(says(&mut room, "ann", "deploy rollback web").contains("I know of nothing that was deployed of *web* to *staging*."));
    let deploy_anyway = |room: &mut Room, sha: &str, id: u64, second: u64| {
        room.says("ann", "deploy! web");
        answer(room, 200, &commit(sha));
        answer(room, 201, &deployment(id, sha));
        hook(room, &status(id, 1, "success", &format!("2026-01-05T10:00:{second}Z")));
        heard(room);
    };
    deploy_anyway(&mut room, MAIN, 7, 10);
    assert!(
        says(&mut room, "ann", "deploy rollback web")
            .contains("I know of nothing that was on *staging* of *web* before what is there now.")
    );
    deploy_anyway(&mut room, OTHER, 8, 20);
    room.says("bob", "deploy rollback web staging");
    assert!(sent(&room).url.ends_with("/deployments"), "neither CI nor the order is asked");
    assert_eq!(body(&sent(&room))["ref"], MAIN);
    assert!(heard(&mut room).contains("Rollback 5: `6dcb09b` (main) of *web* to *staging*, by bob."));
}

#[test]
fn a_rollback_does_not_ask_for_the_order_of_environments() {
    let mut room = room(&json!({}));
    for (sha, id) in [(MAIN, 7), (OTHER, 8)] {
        room.says("ann", "deploy web to production");
        answer(&mut room, 200, &commit(sha));
        answer(&mut room, 201, &deployment(id, sha));
        hook(&mut room, &status(id, 1, "success", "2026-01-05T10:00:30Z"));
    }
    room.set("apps", &json!({ "web": super::scene::web(&json!({ "in-order": true })) }).to_string());
    room.says("ann", "deploy rollback to production");
    assert_eq!(body(&sent(&room))["ref"], MAIN, "it was there already, and there is only one app");
}

#[test]
fn after_a_failure_a_rollback_brings_back_what_was_there() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web", 6);
    room.says("ann", "deploy web@fix");
    answer(&mut room, 200, &commit(OTHER));
    answer(&mut room, 201, &deployment(7, OTHER));
    hook(&mut room, &status(7, 1, "failure", "2026-01-05T10:00:30Z"));
    room.presses("ann", "Rollback");
    assert_eq!(body(&sent(&room))["ref"], MAIN);
}

#[test]
fn an_order_that_never_arrived_is_nothing_to_go_back_from() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web", 6);
    room.says("ann", "deploy web@fix");
    answer(&mut room, 200, &commit(OTHER));
    let tag = sent(&room).tag;
    room.fails(&tag, HttpFailure::Connection("connection refused".to_owned()));
    heard(&mut room);
    assert!(
        says(&mut room, "ann", "deploy rollback web")
            .contains("I know of nothing that was on *staging* of *web* before what is there now.")
    );
}

#[test]
fn a_rollback_is_refused_by_freeze_and_lock() {
    let mut room = room(&json!({}));
    for (sha, id) in [(MAIN, 7), (OTHER, 8)] {
        room.says("ann", "deploy web");
        answer(&mut room, 200, &commit(sha));
        answer(&mut room, 201, &deployment(id, sha));
        hook(&mut room, &status(id, 1, "success", "2026-01-05T10:00:30Z"));
    }
    says(&mut room, "bob", "lock staging on web");
    assert!(says(&mut room, "ann", "deploy rollback web to staging").contains("is locked: bob has it"));
    says(&mut room, "bob", "unlock all");
    says(&mut room, "bob", "deploy freeze staging until 18:00 because of the fair");
    assert!(says(&mut room, "ann", "deploy rollback web to staging").contains("is frozen until 18:00"));
}

#[test]
fn the_same_deploy_twice_points_to_the_one_that_runs() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    room.says("bob", "deploy web@main");
    answer(&mut room, 200, &commit(MAIN));
    let says_so = "ann does that already: deploy 1 of *web* `6dcb09b` (main) to *staging*, running since 10:00.";
    assert!(heard(&mut room).contains(says_so));
    room.says("bob", "deploy web@fix");
    answer(&mut room, 200, &commit(OTHER));
    let said = heard(&mut room);
    assert!(said.contains("Deploy 1 of `6dcb09b` (main) to *staging* by ann goes on, running since 10:00.\n    [1] Queue"), "{said}");
    assert_eq!(room.requests().iter().filter(|request| request.url.ends_with("/deployments")).count(), 1);
}

#[test]
fn two_who_ask_at_once_are_not_both_served() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web@a");
    room.says("bob", "deploy web@b");
    heard(&mut room);
    room.responds("run:2 resolve", 200, commit(OTHER).to_string());
    room.responds("run:1 resolve", 200, commit(MAIN).to_string());
    assert!(heard(&mut room).contains("Deploy 2 of `7629413` (b) to *staging* by bob goes on"));
    assert_eq!(room.requests().iter().filter(|request| request.url.ends_with("/deployments")).count(), 1);
}

#[test]
fn a_deploy_can_be_cancelled_before_it_begins() {
    let mut room = room(&json!({ "confirm": "always" }));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    heard(&mut room);
    assert!(
        says(&mut room, "bob", "deploy cancel 1")
            .contains("Deploy 1 is ann's: they, whoever has the lock, or an administrator can cancel it.")
    );
    assert_eq!(says(&mut room, "ann", "deploy cancel 1"), "bot> Deploy 1 of *web* to *staging* is cancelled. It had not begun.");
    assert_eq!(says(&mut room, "ann", "deploy cancel 1"), "bot(ann)> Deploy 1 is over: cancelled.");
    assert_eq!(says(&mut room, "ann", "deploy cancel 99"), "bot(ann)> I know no deploy 99. `deploy history` lists the last ones.");
    room.wait("1 hour");
    assert_eq!(heard(&mut room), "");
    assert_eq!(room.requests().len(), 1);
}

#[test]
fn whoever_has_the_lock_or_is_an_administrator_cancels_too() {
    let mut room = room(&json!({}));
    room.admin("root");
    begin(&mut room, "ann", "deploy web", 7);
    says(&mut room, "bob", "lock! staging on web because of the fair");
    for who in ["bob", "root"] {
        assert!(says(&mut room, who, "deploy cancel 1").contains("GitHub cannot stop a deploy: I write there that deploy 1 is not wanted"));
    }
}

#[test]
fn github_only_writes_down_that_nobody_wants_it() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    let said = says(&mut room, "ann", "deploy cancel 1");
    assert!(
        said.contains("GitHub cannot stop a deploy: I write there that deploy 1 is not wanted any more. Whoever does the work may go on."),
        "{said}"
    );
    assert_eq!(sent(&room).url, "https://api.github.com/repos/acme/web/deployments/7/statuses");
    assert_eq!(body(&sent(&room)), json!({ "state": "error", "description": "Cancelled by ann", "auto_inactive": false }));
    answer(&mut room, 201, &json!({ "id": 5, "state": "error" }));
    let said = heard(&mut room);
    assert!(said.contains("@ann: deploy 1 of *web* to *staging* was cancelled by ann."), "{said}");
    hook(&mut room, &status(7, 5, "error", "2026-01-05T10:00:40Z"));
    assert_eq!(heard(&mut room), "", "that was the bot itself");
}

#[test]
fn a_cancellation_that_fails_is_told() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    says(&mut room, "ann", "deploy cancel 1");
    answer(&mut room, 403, &json!({ "message": "Resource not accessible" }));
    let said = card(&mut room);
    assert!(said.contains("It was not cancelled. GitHub does not let me do that (403)."), "{said}");
    hook(&mut room, &status(7, 5, "success", "2026-01-05T10:00:40Z"));
    assert!(heard(&mut room).contains("is on *staging*"));
}

#[test]
fn what_is_on_its_way_is_cancelled_as_soon_as_it_is_there() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    let start = sent(&room).tag;
    assert!(
        says(&mut room, "ann", "deploy cancel 1")
            .contains("is being handed to GitHub at this moment: it is cancelled as soon as it is there.")
    );
    room.responds(&start, 201, deployment(7, MAIN).to_string());
    assert!(sent(&room).url.ends_with("/deployments/7/statuses"));
}

#[test]
fn a_deploy_whose_order_was_never_answered_ends_when_it_is_cancelled() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    assert!(sent(&room).url.ends_with("/deployments"), "the order, whose answer is lost");
    says(&mut room, "ann", "deploy cancel 1");
    for _ in 0..2 {
        room.wait("1 minute");
        assert!(sent(&room).url.contains("/deployments?sha="), "{}", sent(&room).url);
        answer(&mut room, 200, &json!([]));
    }
    assert!(heard(&mut room).contains("deploy 1 of *web* to *staging* was cancelled by ann."));
    begin(&mut room, "ann", "deploy web", 8);
}

#[test]
fn a_deploy_whose_order_was_never_answered_ends_at_its_limit() {
    let mut room = room(&json!({ "limit": "10 minutes" }));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    room.wait("10 minutes");
    answer(&mut room, 200, &json!([]));
    room.wait("1 minute");
    answer(&mut room, 200, &json!([]));
    assert!(heard(&mut room).contains("GitHub knows nothing of it, so it has not begun."));
    begin(&mut room, "ann", "deploy web", 8);
}

#[test]
fn another_build_looks_at_what_goes_on() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    let requests = room.requests().len();
    room.happens(Event::Upgraded(Upgrade { previous: "0.0.9".to_owned() }));
    assert_eq!(room.requests().len(), requests + 1);
    assert!(sent(&room).url.ends_with("/deployments/7/statuses?per_page=100"));
    let done = status(7, 3, "success", "2026-01-05T10:00:20Z")["deployment_status"].clone();
    let running = status(7, 2, "in_progress", "2026-01-05T10:00:10Z")["deployment_status"].clone();
    answer(&mut room, 200, &json!([running, done]));
    assert!(heard(&mut room).contains("is on *staging*"));
}

#[test]
fn a_webhook_that_is_lost_is_made_up_for() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    room.wait("5 minutes");
    answer(&mut room, 200, &json!([status(7, 3, "success", "2026-01-05T10:00:20Z")["deployment_status"]]));
    assert!(heard(&mut room).contains("is on *staging*"));
}

#[test]
fn what_the_provider_forgot_nobody_knows() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    room.wait("5 minutes");
    answer(&mut room, 404, &json!({ "message": "Not Found" }));
    let said = heard(&mut room);
    assert!(
        said.contains("@ann: I do not know what became of deploy 1 of *web* to *staging*. Look at GitHub before you try again."),
        "{said}"
    );
    assert!(said.contains("*Nobody knows* what became of it"), "{said}");
}

#[test]
fn a_program_is_told_at_the_end() {
    const CI: Program<'_> = Program { token: "ci", acts_for: Some("pipeline-12") };
    let mut room = room(&json!({}));
    room.calls(CI, "deploy web");
    assert_eq!((room.outcome().code.as_str(), room.outcome().data["deploy"].as_u64()), ("checking", Some(1)));
    answer(&mut room, 200, &commit(MAIN));
    answer(&mut room, 201, &deployment(7, MAIN));
    assert_eq!(room.answered("run 1"), None);
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    let answered = room.answered("run 1").expect("it is over");
    assert_eq!((answered.code.as_str(), answered.data["sha"].as_str()), ("succeeded", Some(MAIN)));
    room.calls(CI, "deploy web@nonsense");
    answer(&mut room, 404, &json!({}));
    assert_eq!(room.answered("run 2").expect("it is over").code, "refused.ref");
}

#[test]
fn an_app_that_is_not_configured_any_more_is_let_be() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    room.set("apps", &json!({ "api": super::scene::web(&json!({})) }).to_string());
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    room.wait("5 minutes");
    assert!(heard(&mut room).contains("Deploy 1: *web* has no *staging* any more, so I let it be."));
}

#[test]
fn where_nothing_may_be_said_everything_happens_all_the_same() {
    let mut room = room(&json!({}));
    room.revoke("chat:channels");
    room.revoke("chat:direct");
    begin(&mut room, "ann", "deploy web", 7);
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    assert_eq!(room.outcome().broken, None);
    assert!(says(&mut room, "ann", "deploy status 1").contains(": succeeded."));
    assert!(room.log().iter().any(|line| line.contains("I may not say so")));
}

#[test]
fn without_the_grant_nothing_is_sent_and_somebody_is_told() {
    let mut room = room(&json!({}));
    room.revoke("http");
    let said = says(&mut room, "ann", "deploy web");
    assert!(
        said.contains("For this I need the grant `http:https://api.github.com`. Whoever operates me can give it. Nothing was deployed."),
        "{said}"
    );
    let mut room = super::scene::room(&json!({}));
    room.says("ann", "deploy web");
    let tag = sent(&room).tag;
    room.fails(&tag, HttpFailure::NotGranted("http:https://elsewhere".to_owned()));
    assert!(heard(&mut room).contains("For this I need the grant `http:https://elsewhere`."));
}
