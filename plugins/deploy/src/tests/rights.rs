//! Nobody deploys contrary to a rule, whatever word, button, queue or program leads there.

use super::scene::{MAIN, answer, begin, commit, heard, room, room_with, room_without_rules, sent, web};
use hatstand_plugin::Program;
use hatstand_plugin::testing::Room;
use serde_json::json;

const CI: Program<'_> = Program { token: "ci", acts_for: Some("pipeline-12") };

fn says(room: &mut Room, who: &str, line: &str) -> String {
    room.says(who, line);
    heard(room)
}

#[track_caller]
fn assert_refused(room: &mut Room, who: &str, line: &str) {
    let said = says(room, who, line);
    assert!(said.contains(" may ") && said.contains("Nothing was changed."), "{line}: {said}");
    assert!(room.requests().is_empty(), "{line}");
}

#[test]
fn nobody_deploys_until_the_operator_names_somebody() {
    let mut room = room_without_rules(&json!({ "web": web(&json!({ "tasks": ["migrate"] })) }));
    for line in [
        "deploy web",
        "deploy web to prod",
        "deploy! web",
        "deploy:migrate web to staging",
        "deploy queue join web to production",
        "deploy steal web to production",
        "deploy rollback web to production",
        "lock! staging on web",
        "deploy freeze staging until 18:00 because of the fair",
        "deploy thaw staging",
    ] {
        assert_refused(&mut room, "bob", line);
    }
    assert!(says(&mut room, "bob", "deploy where web").contains("staging"), "looking is free");
}

#[test]
fn a_denied_person_deploys_by_no_other_command() {
    let mut room = room(&json!({}));
    room.deny("bob", "deploy", "production");
    for line in [
        "deploy web to prod",
        "deploy web in PRODUCTION",
        "deploy queue join web to prod",
        "deploy rollback web to production",
        "deploy! web to prod",
    ] {
        assert_refused(&mut room, "bob", line);
    }
    begin(&mut room, "bob", "deploy web to staging", 7);
}

#[test]
fn a_denied_person_approves_nothing() {
    let mut room = room(&json!({ "confirm": "another" }));
    room.deny("bob", "approve", "staging");
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    heard(&mut room);
    let sent_before = room.requests().len();
    room.presses("bob", "Approve");
    assert!(heard(&mut room).contains("Nobody may approve a deploy of *web* to *staging*"));
    assert_eq!(room.requests().len(), sent_before);
    room.presses("cid", "Approve");
    answer(&mut room, 200, &commit(MAIN));
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn a_right_that_was_taken_away_counts_when_the_deploy_is_about_to_begin() {
    let mut room = room(&json!({ "confirm": "always" }));
    room.says("ann", "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    heard(&mut room);
    room.deny("ann", "deploy", "staging");
    room.presses("ann", "Deploy");
    answer(&mut room, 200, &commit(MAIN));
    assert!(!sent(&room).url.ends_with("/deployments"), "nothing was ordered");
    assert!(heard(&mut room).contains("may deploy *web* to *staging*"));
}

#[test]
fn a_program_that_was_held_is_confirmed_by_a_person() {
    let mut room = room(&json!({ "confirm": "always" }));
    says(&mut room, "bob", "lock staging on web");
    room.calls(CI, "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    heard(&mut room);
    says(&mut room, "bob", "unlock all");
    answer(&mut room, 200, &commit(MAIN));
    assert!(!sent(&room).url.ends_with("/deployments"), "nobody has said yes");
    room.presses("bob", "Approve");
    answer(&mut room, 200, &commit(MAIN));
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn a_program_whose_right_was_taken_away_is_not_deployed_when_the_lock_opens() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "lock staging on web");
    room.calls(CI, "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    heard(&mut room);
    room.deny(CI.id().as_str(), "deploy", "staging");
    let sent_before = room.requests().len();
    let said = says(&mut room, "bob", "unlock all");
    assert!(said.contains("may deploy *web* to *staging*"), "{said}");
    assert_eq!(room.requests().len(), sent_before);
}

#[test]
fn a_freeze_holds_for_every_spelling_of_every_app() {
    let environment = |name: &str, alias: &str| json!({ "environments": [{ "name": name, "aliases": [alias] }], "default": name });
    let mut room = room_with(&json!({
        "api": web(&environment("production", "prod")),
        "web": web(&environment("prod", "live")),
        "zed": web(&environment("Production", "p")),
    }));
    let said = says(&mut room, "ann", "deploy freeze prod until 18:00 because of the fair");
    assert!(said.contains("*prod* and *production* are frozen"), "{said}");
    for line in ["deploy api to prod", "deploy web to live", "deploy zed to Production"] {
        room.says("ann", line);
        answer(&mut room, 200, &commit(MAIN));
        let said = heard(&mut room);
        assert!(said.contains("frozen"), "{line}: {said}");
    }
    assert!(says(&mut room, "ann", "deploy thaw live").contains("ann has thawed *prod*."));
    assert!(says(&mut room, "ann", "deploy thaw prod").contains("ann has thawed *production*."));
}

#[test]
fn everything_is_locked_only_by_those_who_may_lock_each_of_it() {
    let mut room = room(&json!({}));
    room.deny("bob", "lock", "production");
    assert!(says(&mut room, "bob", "lock everything").contains("may lock *production* on *web*"));
    assert!(says(&mut room, "bob", "lock everything on web").contains("may lock *production* on *web*"));
    assert!(says(&mut room, "ann", "lock everything").contains("locked"));
}

#[test]
fn those_who_may_not_see_an_environment_see_nothing_of_it() {
    let mut room = room(&json!({}));
    room.deny("bob", "read", "production");
    says(&mut room, "ann", "lock production on web because of the secret");
    for line in ["locks", "deploy queue", "deploy where web", "deploy latest web", "deploys web", "check production on web"] {
        let said = says(&mut room, "bob", line);
        assert!(!said.contains("secret") && !said.contains("• *production*"), "{line}: {said}");
    }
    assert!(says(&mut room, "ann", "locks").contains("secret"));
}
