//! The checks before a deploy, one by one: each that fails says so to whoever asked and to nobody else, changes nothing, and has its code.

use super::scene::{MAIN, OTHER, answer, commit, deploy, heard, room, room_with, sent, web};
use hatstand_plugin::testing::Room;
use serde_json::{Value, json};

/// What a line comes to at once: its code, and what was said, which is for the eyes of ann alone.
fn refused(room: &mut Room, line: &str) -> (String, String) {
    let requests = room.requests().len();
    room.says("ann", line);
    assert_eq!(room.requests().len(), requests, "nothing is sent");
    let said = heard(room);
    assert!(said.starts_with("bot(ann)> ") || said.starts_with("bot@ann> "), "{said}");
    (room.outcome().code.clone(), said)
}

fn assert_refused(room: &mut Room, line: &str, code: &str, says: &str) {
    let (was, said) = refused(room, line);
    assert_eq!(was, code, "{said}");
    assert!(said.contains(says), "{said}");
}

/// What comes after the commit is known.
fn assert_stopped(room: &mut Room, says: &str) {
    let said = heard(room);
    assert!(said.starts_with("bot(ann)> ") && said.contains(says), "{said}");
}

/// Asks, and tells which commit it is.
fn ask(room: &mut Room, line: &str, sha: &str) {
    room.says("ann", line);
    heard(room);
    answer(room, 200, &commit(sha));
}

#[test]
fn check_1_a_line_that_cannot_be_read_gets_its_usage() {
    let mut room = room(&json!({}));
    assert_refused(&mut room, "deploy web production", "usage", "`production` is neither `key=value` nor `--noop`");
    assert_refused(&mut room, "deploy web api", "usage", "Usage: `deploy <app>[(@|/)<ref>]");
    assert_refused(&mut room, "deploy web to", "usage", "After `to` comes an environment.");
}

#[test]
fn check_2_an_app_is_known() {
    let mut room = room(&json!({}));
    assert_refused(&mut room, "deploy wib", "refused.app", "I know no app `wib`. Did you mean `web`? `deploy where` lists them all.");
    assert_refused(&mut room, "deploy zebra", "refused.app", "I know no app `zebra`. `deploy where`");
}

#[test]
fn check_3_it_is_deployed_from_its_rooms() {
    let mut room = room(&json!({ "rooms": ["ops", "dev"] }));
    assert_refused(&mut room, "deploy web", "refused.room", "*web* is not deployed from here, but from `dev` and `ops`.");
    room.go_to("ops");
    room.says("ann", "deploy web");
    assert_eq!(room.outcome().code, "checking");
    let mut room = super::scene::room(&json!({ "environments": ["staging", { "name": "production", "rooms": ["ops"] }] }));
    assert_refused(&mut room, "deploy web to production", "refused.room", "from `ops`");
}

#[test]
fn check_4_somebody_may_deploy() {
    let mut room = room(&json!({ "environments": ["staging", { "name": "production", "deployers": ["bob", "admins"] }] }));
    assert_refused(&mut room, "deploy web to production", "refused.person", "You may not deploy *web* to *production*.");
    room.admin("ann");
    room.says("ann", "deploy web to production");
    assert_eq!(room.outcome().code, "checking");
    room.says("bob", "deploy web to production");
    assert_eq!(room.outcome().code, "checking");
}

#[test]
fn check_5_an_environment_is_known_after_aliases() {
    let mut room = room(&json!({}));
    let says = "*web* has no environment `prodution`. Did you mean `production` or `prod`? There are `staging` and `production`.";
    assert_refused(&mut room, "deploy web to prodution", "refused.environment", says.split(" Did").next().unwrap());
    room.says("ann", "deploy web to PROD");
    assert_eq!(room.outcome().data["environment"], "production");
    room.says("ann", "deploy web");
    assert_eq!(room.outcome().data["environment"], "staging");
    let mut room = super::scene::room(&json!({ "default": null }));
    assert_refused(&mut room, "deploy web", "refused.environment-missing", "Say where *web* goes: `staging` and `production`.");
    let mut room = super::scene::room(&json!({ "say-it": true }));
    assert_refused(&mut room, "deploy web", "refused.environment-missing", "For example `deploy web to staging`.");
}

#[test]
fn check_6_hosts_are_known() {
    let mut room = room(&json!({}));
    assert_refused(&mut room, "deploy web to prod/web3", "refused.host", "*production* has no host `web3`.");
    assert_refused(&mut room, "deploy web to staging/web1", "refused.host", "*staging* has no hosts to choose from.");
    ask(&mut room, "deploy web to prod/web1,web2", MAIN);
    assert_eq!(super::scene::body(&sent(&room))["payload"]["hosts"], json!(["web1", "web2"]));
}

#[test]
fn a_task_is_known() {
    let mut room = room(&json!({ "tasks": ["migrate"] }));
    assert_refused(&mut room, "deploy:migrat web", "refused.task", "*web* has no task `migrat`: there are `migrate`.");
    ask(&mut room, "deploy:migrate web to staging", MAIN);
    assert_eq!(super::scene::body(&sent(&room))["task"], "migrate");
}

#[test]
fn check_7_a_ref_becomes_a_commit() {
    let mut room = room(&json!({}));
    room.says("ann", "deploy web@nonsense");
    assert_eq!(heard(&mut room), "bot(ann)> Deploy 1: looking up `nonsense` of *web* …");
    assert_eq!(sent(&room).url, "https://api.github.com/repos/acme/web/commits/nonsense");
    answer(&mut room, 422, &json!({ "message": "No commit found for SHA: nonsense" }));
    assert_eq!(heard(&mut room), "bot(ann)> GitHub knows no `nonsense` in *acme/web*.");
    room.says("ann", "deploy web@nonsense");
    heard(&mut room);
    answer(&mut room, 404, &json!({ "message": "Not Found" }));
    assert_eq!(heard(&mut room), "bot(ann)> GitHub knows no `nonsense` in *acme/web*, or does not show *acme/web* to me.");
    ask(&mut room, "deploy web/feature%2Fx", MAIN);
    let order = super::scene::body(&sent(&room));
    assert_eq!((order["ref"].as_str(), order["payload"]["ref"].as_str()), (Some(MAIN), Some("feature%2Fx")), "the commit is pinned");
}

#[test]
fn check_8_a_frozen_environment_stays_as_it_is() {
    let mut room = room(&json!({}));
    room.says("bob", "deploy freeze prod until 18:00 because of the fair");
    assert_eq!(heard(&mut room), "bot> *production* is frozen until 18:00 by bob, because of the fair.");
    ask(&mut room, "deploy web to production", MAIN);
    assert_stopped(
        &mut room,
        "*production* is frozen until 18:00 by bob, because of the fair. Whoever may say `deploy thaw production` ends it.",
    );
    ask(&mut room, "deploy web to staging", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"), "others are not frozen");
    room.says("bob", "deploy thaw production");
    assert!(heard(&mut room).contains("bob has thawed *production*."));
    ask(&mut room, "deploy web to production", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));
    room.says("bob", "deploy thaw production");
    assert!(heard(&mut room).contains("*production* is not frozen."));
    room.says("bob", "deploy freeze qa until 18:00 because of the fair");
    assert!(heard(&mut room).contains("No app has an environment `qa`."));
}

#[test]
fn check_8_the_operator_sets_windows_by_the_week() {
    let window = json!([{ "from": "mon 09:00", "until": "mon 12:30", "zone": "Europe/Berlin", "why": "of the stand-up" }]);
    let mut room = room(&json!({ "freeze": window }));
    ask(&mut room, "deploy web", MAIN);
    assert_stopped(&mut room, "Nothing is deployed to *staging* until 11:30, because of the stand-up. The operator has set that window.");
    room.wait("91 minutes");
    ask(&mut room, "deploy web", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn check_8_a_freeze_ends_by_itself() {
    let mut room = room(&json!({}));
    room.says("bob", "deploy freeze staging until 10:30 because of the fair");
    room.wait("31 minutes");
    ask(&mut room, "deploy web", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn check_10_what_goes_to_production_was_on_staging() {
    let mut room = room(&json!({ "in-order": true }));
    ask(&mut room, "deploy web to production", MAIN);
    assert_stopped(&mut room, "`6dcb09b` (main) of *web* has not been on *staging* yet, which comes before *production*.");
    deploy(&mut room, "ann", "deploy web to staging", 7);
    heard(&mut room);
    ask(&mut room, "deploy web to production", OTHER);
    assert_stopped(&mut room, "`7629413` (main) of *web* has not been on *staging* yet");
    ask(&mut room, "deploy web to production", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));
}

/// Statuses of a commit: <https://docs.github.com/en/rest/commits/statuses>, the combined status.
fn statuses(states: &[(&str, &str)]) -> Value {
    let statuses: Vec<Value> = states.iter().map(|(context, state)| json!({ "context": context, "state": state })).collect();
    json!({ "state": "pending", "statuses": statuses, "total_count": states.len() })
}

/// Check runs: <https://docs.github.com/en/rest/checks/runs>, list check runs for a git reference.
fn runs(runs: &[(&str, &str, Option<&str>)]) -> Value {
    let runs: Vec<Value> =
        runs.iter().map(|(name, status, conclusion)| json!({ "name": name, "status": status, "conclusion": conclusion })).collect();
    json!({ "total_count": runs.len(), "check_runs": runs })
}

fn ci() -> Value {
    json!({ "contexts": ["ci/build", "lint", "docs"] })
}

#[test]
fn check_11_ci_has_passed() {
    let mut room = room(&ci());
    ask(&mut room, "deploy web", MAIN);
    assert_eq!(sent(&room).url, format!("https://api.github.com/repos/acme/web/commits/{MAIN}/status?per_page=100"));
    answer(&mut room, 200, &statuses(&[("ci/build", "success")]));
    assert_eq!(sent(&room).url, format!("https://api.github.com/repos/acme/web/commits/{MAIN}/check-runs?per_page=100"));
    answer(&mut room, 200, &runs(&[("lint", "completed", Some("failure"))]));
    let said = heard(&mut room);
    let says = "bot(ann)> CI has not passed for `6dcb09b` (main) of *web*: `lint` failed, `docs` has not begun.\n    [1] Deploy anyway?";
    assert_eq!(said, says);

    room.presses("ann", "Deploy anyway?");
    answer(&mut room, 200, &commit(MAIN));
    assert!(sent(&room).url.ends_with("/deployments"), "`!` skips this check");
    assert_eq!(super::scene::body(&sent(&room))["ref"], MAIN);
}

#[test]
fn check_11_ci_passes_in_either_place() {
    let mut room = room(&ci());
    ask(&mut room, "deploy web", MAIN);
    answer(&mut room, 200, &statuses(&[("ci/build", "success"), ("lint", "success")]));
    answer(&mut room, 200, &runs(&[("docs", "completed", Some("neutral"))]));
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn an_exclamation_mark_skips_ci_and_nothing_else() {
    let mut room = room(&json!({ "contexts": ["ci/build"], "rooms": ["dev"], "deployers": ["ann"] }));
    assert_refused(&mut room, "deploy! web", "refused.room", "not deployed from here");
    room.go_to("dev");
    room.says("bob", "deploy! web");
    assert_eq!(room.outcome().code, "refused.person");
    heard(&mut room);
    room.says("ann", "deploy freeze staging until 18:00 because of the fair");
    heard(&mut room);
    ask(&mut room, "deploy! web", MAIN);
    assert_stopped(&mut room, "is frozen until 18:00");
    room.says("ann", "deploy thaw staging");
    room.says("ann", "lock everything on web because of the fair");
    room.says("ann", "unlock everything on web");
    heard(&mut room);
    ask(&mut room, "deploy! web", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"), "{}", sent(&room).url);
}

#[test]
fn check_12_a_branch_has_all_of_the_default_ref() {
    let lacking = json!({ "status": "diverged", "ahead_by": 3, "behind_by": 2, "total_commits": 3 });
    let mut room = room(&json!({ "behind": "refuse" }));
    ask(&mut room, "deploy web@fix", OTHER);
    assert_eq!(sent(&room).url, format!("https://api.github.com/repos/acme/web/compare/main...{OTHER}?per_page=1"));
    answer(&mut room, 200, &lacking);
    let link = format!("[What it lacks](https://github.com/acme/web/compare/{OTHER}...main)");
    let says = format!("`7629413` (fix) lacks 2 commits of `main`: bring it up to date first. {link}");
    assert_stopped(&mut room, &says);

    let mut room = super::scene::room(&json!({ "behind": "warn" }));
    ask(&mut room, "deploy web@fix", OTHER);
    answer(&mut room, 200, &lacking);
    assert!(sent(&room).url.ends_with("/deployments"));
    assert!(heard(&mut room).contains("⚠ It lacks 2 commits of main."));

    let mut room = super::scene::room(&json!({}));
    ask(&mut room, "deploy web@fix", OTHER);
    assert!(sent(&room).url.ends_with("/deployments"), "it is off");
}

#[test]
fn check_13_whoever_deploys_confirms() {
    let mut room = room(&json!({ "confirm": "always" }));
    ask(&mut room, "deploy web to production", MAIN);
    let says = "bot(ann)> Really deploy `6dcb09b` (main) of *web* to *production*?\n    [1] Deploy  [2] Leave it";
    assert_eq!(heard(&mut room), says);
    let requests = room.requests().len();
    room.presses("ann", "Deploy");
    assert_eq!(room.requests().len(), requests + 1, "the commit is looked up once more");
    answer(&mut room, 200, &commit(MAIN));
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn check_13_another_one_confirms() {
    let mut room = room(&json!({ "confirm": "another", "deployers": ["ann", "bob"] }));
    ask(&mut room, "deploy web to production because it is time", MAIN);
    let says = "bot> ann wants to deploy `6dcb09b` (main) of *web* to *production*, because it is time. Somebody else has to \
        say yes until 10:01.\n    [1] Approve  [2] Reject";
    assert_eq!(heard(&mut room), says);
    room.presses("ann", "Approve");
    assert_eq!(heard(&mut room), "bot(ann)> Somebody else has to say yes to that.");
    room.presses("cid", "Approve");
    assert!(heard(&mut room).starts_with("bot(cid)> You may not deploy *web* to *production*."));
    room.presses("bob", "Approve");
    assert_eq!(heard(&mut room), "bot> bob says yes to deploy 1.");
    answer(&mut room, 200, &commit(MAIN));
    assert!(sent(&room).url.ends_with("/deployments"));
    room.presses("bob", "Approve");
    assert!(heard(&mut room).contains("That is settled already"));
}

#[test]
fn check_13_only_what_was_left_to_be_guessed_is_asked() {
    let mut room = room(&json!({ "confirm": "ambiguous" }));
    ask(&mut room, "deploy web to staging", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));
    let mut room = super::scene::room(&json!({ "confirm": "ambiguous" }));
    ask(&mut room, "deploy web", MAIN);
    assert_stopped(&mut room, "Really deploy");
}

#[test]
fn check_13_a_no_and_no_answer_deploy_nothing() {
    let mut room = room(&json!({ "confirm": "always" }));
    ask(&mut room, "deploy web", MAIN);
    heard(&mut room);
    room.presses("ann", "Leave it");
    assert_eq!(heard(&mut room), "bot(ann)> Nothing was deployed: *staging* stays as it is.");
    ask(&mut room, "deploy web", MAIN);
    heard(&mut room);
    room.wait("61 seconds");
    assert_eq!(heard(&mut room), "bot(ann)> Nobody confirmed deploy 2 in time. Nothing was deployed.\n    [1] Start over");
    let mut room = super::scene::room(&json!({ "confirm": "another" }));
    ask(&mut room, "deploy web", MAIN);
    heard(&mut room);
    room.wait("61 seconds");
    assert!(heard(&mut room).contains("Nobody confirmed deploy 1 in time."));
}

#[test]
fn check_14_what_has_changed_meanwhile_stops_it() {
    let confirm = json!({ "confirm": "always", "contexts": ["ci/build"] });
    let asked = |room: &mut Room| {
        ask(room, "deploy web", MAIN);
        answer(room, 200, &statuses(&[("ci/build", "success")]));
        assert!(heard(room).contains("Really deploy"));
    };
    let mut room = room(&confirm);
    asked(&mut room);
    room.presses("ann", "Deploy");
    answer(&mut room, 200, &commit(OTHER));
    let says = "bot(ann)> `main` moved meanwhile from `6dcb09b` to `7629413`. Nothing was deployed.\n    [1] Start over";
    assert_eq!(heard(&mut room), says);

    asked(&mut room);
    room.says("bob", "lock staging on web because of the fair");
    heard(&mut room);
    room.presses("ann", "Deploy");
    answer(&mut room, 200, &commit(MAIN));
    assert_stopped(&mut room, "Meanwhile: *staging* of *web* is locked: bob has it since 10:00 (just now), because of the fair.");
    room.says("bob", "unlock all");
    heard(&mut room);

    asked(&mut room);
    room.presses("ann", "Deploy");
    answer(&mut room, 200, &commit(MAIN));
    answer(&mut room, 200, &statuses(&[("ci/build", "failure")]));
    answer(&mut room, 200, &runs(&[]));
    assert_stopped(&mut room, "CI changed meanwhile. CI has not passed for `6dcb09b` (main) of *web*: `ci/build` failed.");

    asked(&mut room);
    room.presses("ann", "Deploy");
    answer(&mut room, 200, &commit(MAIN));
    answer(&mut room, 200, &statuses(&[("ci/build", "success")]));
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn check_15_the_same_person_says_so_in_direct_messages() {
    let mut room = room(&json!({ "second-factor": true }));
    ask(&mut room, "deploy web", MAIN);
    let says =
        "bot@ann> Is it you who deploys `6dcb09b` (main) of *web* to *staging*? *staging* wants to hear it here as well, until 10:01.";
    assert!(heard(&mut room).starts_with(says));
    room.presses("ann", "It is me");
    assert!(sent(&room).url.ends_with("/deployments"));
    let mut room = super::scene::room(&json!({ "second-factor": true }));
    ask(&mut room, "deploy web", MAIN);
    heard(&mut room);
    room.presses("ann", "It is not");
    assert!(heard(&mut room).contains("Nothing was deployed"));
    ask(&mut room, "deploy web", MAIN);
    room.wait("61 seconds");
    assert!(heard(&mut room).contains("Nobody confirmed deploy 2 in time."));
}

#[test]
fn several_apps_are_checked_one_by_one() {
    let mut room = room_with(&json!({ "web": web(&json!({})), "api": web(&json!({ "repository": "acme/api", "rooms": ["dev"] })) }));
    room.says("ann", "deploy web, api to staging");
    let says = "bot(ann)> *api* is not deployed from here, but from `dev`.\nbot(ann)> Deploy 1: looking up `main` of *web* …";
    assert_eq!(heard(&mut room), says);
    assert_eq!(room.outcome().code, "several");
    assert_refused(
        &mut room,
        "deploy web@x, api to staging",
        "refused.parse",
        "Several apps at once are deployed as their default refs say",
    );
    assert_refused(&mut room, "deploy web, api", "usage", "Several apps at once need an environment.");
    assert_refused(&mut room, "deploy a,b,c,d,e,f,g,h,i to staging", "refused.parse", "At most 8 apps at once");
}

#[test]
fn a_plan_checks_everything_and_does_nothing() {
    for line in
        ["plan web to production", "noop web to production", "deploy web to production --noop", "deploy web to production because x --noop"]
    {
        let mut room = room(&json!({ "confirm": "always" }));
        ask(&mut room, line, MAIN);
        let says = "`6dcb09b` (main) of *web* to *production* could be deployed now. I know of nothing that is there now. \
            Whoever deploys is asked first. Nothing was done.";
        assert_stopped(&mut room, says);
        assert_eq!(room.requests().len(), 1);
    }
    let mut room = room(&json!({}));
    room.says("bob", "lock production on web because of the fair");
    heard(&mut room);
    ask(&mut room, "plan web to production", MAIN);
    assert_stopped(&mut room, "is locked: bob has it");
}
