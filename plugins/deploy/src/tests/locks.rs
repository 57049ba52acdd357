//! What a lock means for a deploy, and how people go about locks.

use super::scene::{MAIN, OTHER, answer, begin, commit, deploy, deployment, heard, hook, room, sent, status};
use crate::lock::Spot;
use hatstand_plugin::Program;
use hatstand_plugin::testing::Room;
use serde_json::json;

/// Somebody wants to deploy, and the commit is known.
fn ask(room: &mut Room, who: &str, line: &str, sha: &str) {
    room.says(who, line);
    heard(room);
    answer(room, 200, &commit(sha));
}

fn says(room: &mut Room, who: &str, line: &str) -> String {
    room.says(who, line);
    heard(room)
}

fn lock_of(room: &mut Room) -> String {
    says(room, "eve", "check staging on web")
}

const FREE: &str = "bot(eve)> *staging* of *web* is not locked.";

#[test]
fn a_run_locks_what_is_free_and_gives_it_back() {
    for (state, word) in [("success", "is on"), ("failure", "failed")] {
        let mut room = room(&json!({}));
        begin(&mut room, "ann", "deploy web", 7);
        heard(&mut room);
        assert_eq!(
            lock_of(&mut room),
            "bot(eve)> *staging* of *web* is locked: ann has it for `main` since 10:00 (just now), because deploy 1."
        );
        hook(&mut room, &status(7, 1, state, "2026-01-05T10:00:30Z"));
        assert!(heard(&mut room).contains(word));
        assert_eq!(lock_of(&mut room), FREE);
    }
}

#[test]
fn a_lock_that_somebody_wants_for_themselves_is_not_given_back_by_a_run() {
    let mut room = room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    assert!(says(&mut room, "ann", "lock staging on web").contains("You have locked that already"));
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    heard(&mut room);
    assert!(lock_of(&mut room).contains("ann has it"));

    let mut room = super::scene::room(&json!({}));
    begin(&mut room, "ann", "deploy web", 7);
    says(&mut room, "bob", "lock! staging on web");
    says(&mut room, "ann", "lock! staging on web");
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    heard(&mut room);
    assert!(lock_of(&mut room).contains("ann has it"), "it is another hold than that of the run");
}

#[test]
fn a_sticky_lock_stays_with_the_person() {
    let mut room = room(&json!({ "sticky": true, "lock-for": "2 hours" }));
    deploy(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    assert!(lock_of(&mut room).contains("ann has it for `main` since 10:00 (just now), until 12:00"));
    room.wait("2 hours");
    assert!(heard(&mut room).contains("bot@ann> Your lock is over: *staging* of *web*."));
    assert_eq!(lock_of(&mut room), FREE);
    deploy(&mut room, "ann", "deploy web", 8);
    heard(&mut room);
    assert_eq!(says(&mut room, "ann", "unlock staging on web"), "bot> ann has unlocked *staging* of *web*.");
    assert_eq!(lock_of(&mut room), FREE);
}

#[test]
fn a_lock_ends_when_its_branch_is_merged() {
    let merged = |branch: &str, merged: bool| {
        // <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
        let pull_request = json!({ "number": 1, "merged": merged, "head": { "ref": branch, "sha": MAIN } });
        json!({ "action": "closed", "pull_request": pull_request, "repository": { "full_name": "acme/web" } }).to_string()
    };
    for (unlock, opened) in [(true, true), (false, false)] {
        let mut room = room(&json!({ "sticky": true, "unlock-on-merge": unlock }));
        deploy(&mut room, "ann", "deploy web@fix", 7);
        heard(&mut room);
        room.webhook("github", &[("X-GitHub-Event", "pull_request")], merged("other", true));
        room.webhook("github", &[("X-GitHub-Event", "pull_request")], merged("fix", false));
        assert!(lock_of(&mut room).contains("ann has it for `fix`"));
        room.webhook("github", &[("X-GitHub-Event", "pull_request")], merged("fix", true));
        assert_eq!(heard(&mut room).contains("bot@ann> `fix` is merged, so your lock is open: *staging* of *web*."), opened);
        assert_eq!(lock_of(&mut room) == FREE, opened);
    }
}

#[test]
fn with_ones_own_lock_for_the_same_change_one_goes_on() {
    let mut room = room(&json!({ "sticky": true }));
    deploy(&mut room, "ann", "deploy web@fix", 7);
    heard(&mut room);
    ask(&mut room, "ann", "deploy web@fix", OTHER);
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn a_lock_belongs_to_a_change() {
    let mut room = room(&json!({ "sticky": true }));
    deploy(&mut room, "ann", "deploy web@fix", 7);
    heard(&mut room);
    ask(&mut room, "ann", "deploy web@other", OTHER);
    let refused = "bot(ann)> You have locked *staging* of *web* for `fix` (just now), and this is `other`. A lock belongs to \
        one change.\n    [1] Unlock";
    assert_eq!(heard(&mut room), refused);
    let mut room = super::scene::room(&json!({ "sticky": true, "lock-belongs-to": "person" }));
    deploy(&mut room, "ann", "deploy web@fix", 7);
    heard(&mut room);
    ask(&mut room, "ann", "deploy web@other", OTHER);
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn a_lock_of_somebody_else_can_be_stolen_in_one_press() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "lock staging on web because of the fair");
    room.wait("5 minutes");
    ask(&mut room, "ann", "deploy web@fix size=2", MAIN);
    let refused =
        "bot(ann)> *staging* of *web* is locked: bob has it since 10:00 (5 min), because of the fair.\n    [1] Steal and deploy  [2] Queue";
    assert_eq!(heard(&mut room), refused);
    room.presses("ann", "Steal and deploy");
    answer(&mut room, 200, &commit(MAIN));
    let said = heard(&mut room);
    assert!(said.contains("bot@bob> ann has taken your lock: *staging* of *web*, because deploy 2."), "{said}");
    assert!(sent(&room).url.ends_with("/deployments"));
    assert_eq!(super::scene::body(&sent(&room))["payload"]["parameters"]["size"], "2", "it is the same deploy");
    assert!(lock_of(&mut room).contains("ann has it for `fix`"));
}

#[test]
fn whoever_waits_is_asked_anew_when_the_turn_comes() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "lock staging on web because of the fair");
    ask(&mut room, "ann", "deploy web@fix", MAIN);
    heard(&mut room);
    room.presses("ann", "Queue");
    let queued =
        "bot(ann)> You wait for *staging* of *web*, next in line. When it is your turn I ask you whether you still want to deploy.";
    assert_eq!(heard(&mut room), queued);
    room.presses("ann", "Queue");
    assert_eq!(heard(&mut room), "bot(ann)> You wait for *staging* of *web* already, next in line.");
    let queue = says(&mut room, "eve", "deploy queue");
    assert!(queue.contains("Waiting:\n    • ann since 10:00 (just now)"), "{queue}");
    let said = says(&mut room, "bob", "unlock all");
    let asked = "bot(ann)> @ann: *staging* of *web* is yours until 10:10. Deploy `fix` now?\n    [1] Deploy  [2] Not any more";
    assert!(said.contains(asked), "{said}");
    ask(&mut room, "cid", "deploy web", OTHER);
    assert!(heard(&mut room).contains("*staging* of *web* is kept for ann until 10:10. Waiting: 1."));
    room.presses("ann", "Deploy");
    assert!(sent(&room).url.ends_with("/commits/fix"), "it is checked once more");
    answer(&mut room, 200, &commit(OTHER));
    assert!(sent(&room).url.ends_with("/deployments"));
    assert!(lock_of(&mut room).contains("ann has it for `fix`"));
}

#[test]
fn who_does_not_answer_lets_the_next_one_go_first() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "lock staging on web");
    says(&mut room, "ann", "deploy queue join web@fix to staging");
    says(&mut room, "cid", "deploy queue join web@main to staging because it is time");
    says(&mut room, "bob", "unlock staging on web");
    room.wait("10 minutes");
    let said = heard(&mut room);
    assert!(said.contains("bot@ann> You did not say whether you still want to deploy: *staging* of *web* goes to the next."), "{said}");
    assert!(said.contains("bot(cid)> @cid: *staging* of *web* is yours until 10:20. Deploy `main` now?"), "{said}");
    room.presses("cid", "Not any more");
    let said = heard(&mut room);
    assert!(said.contains("bot(cid)> Nothing was deployed, and *staging* of *web* goes to the next."), "{said}");
    assert!(said.contains("bot(ann)> @ann: *staging* of *web* is yours"), "{said}");
    assert_eq!(says(&mut room, "ann", "deploy queue leave web to staging"), "bot(ann)> You wait for *staging* of *web* no longer.");
    assert_eq!(says(&mut room, "ann", "deploy queue leave web to staging"), "bot(ann)> You do not wait for *staging* of *web*.");
    assert_eq!(lock_of(&mut room), FREE);
    assert_eq!(says(&mut room, "ann", "deploy queue"), "bot(ann)> Nobody waits to deploy.");
}

#[test]
fn the_end_of_a_run_hands_the_lock_to_the_next() {
    let mut room = room(&json!({ "when-busy": "queue" }));
    begin(&mut room, "ann", "deploy web", 7);
    ask(&mut room, "bob", "deploy web@fix", OTHER);
    assert!(heard(&mut room).contains("bot(bob)> You wait for *staging* of *web*, next in line."));
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    let said = heard(&mut room);
    assert!(said.contains("bot(bob)> @bob: *staging* of *web* is yours until 10:10. Deploy `fix` now?"), "{said}");
    room.presses("bob", "Deploy");
    answer(&mut room, 200, &commit(OTHER));
    answer(&mut room, 201, &deployment(8, OTHER));
    hook(&mut room, &status(8, 1, "success", "2026-01-05T10:01:30Z"));
    assert!(heard(&mut room).contains("@bob: `7629413` (fix) of *web* is on *staging*"));
    assert_eq!(lock_of(&mut room), FREE);
}

#[test]
fn who_only_plans_does_not_wait() {
    let mut room = room(&json!({ "when-busy": "queue" }));
    begin(&mut room, "ann", "deploy web", 7);
    ask(&mut room, "bob", "plan web@fix", OTHER);
    assert!(heard(&mut room).contains("Deploy 1 of `6dcb09b` (main) to *staging* by ann goes on"));
    assert_eq!(says(&mut room, "bob", "deploy queue"), "bot(bob)> Nobody waits to deploy.");
    ask(&mut room, "ann", "deploy web@fix", OTHER);
    assert!(heard(&mut room).contains("goes on"), "who deploys does not wait for themselves");
}

#[test]
fn no_more_wait_than_can_be_kept() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "lock staging on web");
    for number in 0..50 {
        says(&mut room, &format!("p{number}"), "deploy queue join web to staging");
    }
    assert_eq!(
        says(&mut room, "ann", "deploy queue join web to staging"),
        "bot(ann)> Too many wait for *staging* of *web* already: try again later."
    );
    assert!(says(&mut room, "p7", "deploy queue join web to staging").contains("already, 7 people in front."));
}

#[test]
fn joining_the_queue_of_what_is_free_deploys() {
    let mut room = room(&json!({}));
    says(&mut room, "ann", "deploy queue join web to staging");
    assert!(sent(&room).url.ends_with("/commits/main"));
}

#[test]
fn everything_is_locked_for_all() {
    let mut room = room(&json!({ "unlock": "anyone" }));
    room.admin("root");
    assert_eq!(says(&mut room, "bob", "lock everything because of the fair"), "bot> Everything is locked by bob, because of the fair.");
    for line in ["deploy web", "deploy web to production", "deploy steal web to production"] {
        ask(&mut room, "ann", line, MAIN);
        let refused = "bot(ann)> Everything is locked: bob has it since 10:00 (just now), because of the fair. Only bob or \
            an administrator opens it: `unlock everything`.";
        assert_eq!(heard(&mut room), refused, "{line}");
    }
    ask(&mut room, "bob", "plan web", MAIN);
    assert!(heard(&mut room).contains("could be deployed now"), "who has it may");
    assert_eq!(says(&mut room, "ann", "unlock everything"), "bot(ann)> Everything is bob's. Only bob or an administrator may open it.");
    let said = says(&mut room, "root", "unlock everything");
    assert!(said.contains("bot@bob> root has opened your lock: Everything."), "{said}");
    assert!(said.contains("bot> root has opened the lock of bob: Everything."), "{said}");
    says(&mut room, "bob", "lock everything on web");
    ask(&mut room, "ann", "deploy web", MAIN);
    assert!(heard(&mut room).contains("Everything of *web* is locked: bob has it"));
    assert_eq!(says(&mut room, "bob", "unlock everything on web"), "bot> bob has unlocked everything of *web*.");
    assert!(says(&mut room, "bob", "lock everything on wib").contains("I know no app `wib`. Did you mean `web`?"));
}

#[test]
fn what_cannot_be_read_counts_as_locked() {
    let mut room = room(&json!({}));
    room.admin("root");
    room.store(&Spot::new("web", "staging").key(), "[\"from another time\"]");
    ask(&mut room, "ann", "deploy web", MAIN);
    let refused = "bot(ann)> I cannot read the lock of *staging* of *web*, so it counts as locked. An administrator opens \
        it: `unlock staging on web`.";
    assert_eq!(heard(&mut room), refused);
    for line in ["lock staging on web", "unlock staging on web", "check staging on web"] {
        assert!(says(&mut room, "ann", line).contains("so it counts as locked"), "{line}");
    }
    assert!(says(&mut room, "ann", "locks").contains("so it counts as locked"));
    assert!(says(&mut room, "ann", "deploy where web").contains("its lock cannot be read"));
    assert_eq!(says(&mut room, "root", "unlock staging on web"), "bot> The lock of *staging* of *web* that nobody could read is gone.");
    ask(&mut room, "ann", "deploy web", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));
}

#[test]
fn locking_again_says_so_and_a_new_reason_takes_the_place_of_the_old_one() {
    let mut room = room(&json!({}));
    assert_eq!(
        says(&mut room, "ann", "lock stagin on web"),
        "bot(ann)> *web* has no environment `stagin`. Did you mean `staging`? There are `staging` and `production`."
    );
    assert_eq!(
        says(&mut room, "ann", "lock staging on web: the cache is cold for 2 hours"),
        "bot> *staging* of *web* is locked by ann until 12:00, because the cache is cold."
    );
    assert_eq!(says(&mut room, "ann", "lock staging on web"), "bot(ann)> You have locked that already, since 10:00: *staging* of *web*.");
    assert!(lock_of(&mut room).contains("because the cache is cold"));
    let again = says(&mut room, "ann", "lock staging on web because it is still cold");
    assert_eq!(again, "bot(ann)> You have locked that already, since 10:00: *staging* of *web*. The reason is the new one.");
    assert!(lock_of(&mut room).contains("because it is still cold"));
    let theirs = says(&mut room, "bob", "lock staging on web");
    assert_eq!(theirs, "bot(bob)> *staging* of *web* is locked: ann has it since 10:00 (just now), until 12:00, because it is still cold.");
    let stolen = says(&mut room, "bob", "lock! staging on web because of the fair");
    assert!(stolen.contains("bot@ann> bob has taken your lock: *staging* of *web*, because of the fair."), "{stolen}");
    assert!(stolen.contains("bot> bob has taken the lock from ann: *staging* of *web*, because of the fair."), "{stolen}");
}

#[test]
fn others_may_unlock_as_far_as_the_policy_says() {
    let locked = |policy: &str| {
        let mut room = room(&json!({ "unlock": policy }));
        room.admin("root");
        says(&mut room, "ann", "lock staging on web");
        room
    };
    let said = says(&mut locked("anyone"), "bob", "unlock staging on web");
    assert!(
        said.contains("bot@ann> bob has opened your lock: *staging* of *web*.")
            && said.contains("bot> bob has opened the lock of ann: *staging* of *web*.")
    );
    assert_eq!(
        says(&mut locked("admins"), "bob", "unlock staging on web"),
        "bot(bob)> *staging* of *web* is ann's. Only ann or an administrator may open it."
    );
    assert!(says(&mut locked("admins"), "root", "unlock staging on web").contains("root has opened the lock of ann"));
    assert_eq!(
        says(&mut locked("never"), "root", "unlock staging on web"),
        "bot(root)> *staging* of *web* is ann's. Only ann may open it."
    );
    assert_eq!(says(&mut locked("never"), "root", "unlock production on web"), "bot(root)> *production* of *web* is not locked.");
}

#[test]
fn all_of_ones_own_locks_are_opened_at_once() {
    let mut room = room(&json!({}));
    says(&mut room, "ann", "lock staging on web");
    says(&mut room, "ann", "lock production on web");
    says(&mut room, "bob", "lock everything");
    let locks = says(&mut room, "eve", "locks");
    assert_eq!(locks.matches("• ").count(), 3, "{locks}");
    assert_eq!(says(&mut room, "ann", "unlock all"), "bot> ann has unlocked *production* of *web* and *staging* of *web*.");
    assert_eq!(says(&mut room, "ann", "unlock all"), "bot(ann)> You have locked nothing.");
    assert!(says(&mut room, "eve", "locks").contains("Everything is locked: bob"));
    says(&mut room, "bob", "unlock everything");
    assert_eq!(says(&mut room, "eve", "locks"), "bot(eve)> Nothing is locked.");
}

#[test]
fn after_something_else_than_the_default_ref_a_lock_is_offered() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web@fix", 7);
    let said = heard(&mut room);
    assert!(said.contains("bot(ann)> `fix` is on *staging* now. Lock it, so that nobody deploys over it?\n    [1] Lock"), "{said}");
    room.presses("ann", "Lock");
    assert_eq!(heard(&mut room), "bot> *staging* of *web* is locked by ann, because fix.");
    deploy(&mut room, "ann", "deploy web", 8);
    let said = heard(&mut room);
    assert!(said.contains("bot(ann)> `main` is on *staging* again, and you have the lock.\n    [1] Unlock"), "{said}");
    room.presses("ann", "Unlock");
    assert_eq!(heard(&mut room), "bot> ann has unlocked *staging* of *web*.");
    deploy(&mut room, "ann", "deploy web", 9);
    assert!(!heard(&mut room).contains("ock it"), "there is nothing to offer");
}

#[test]
fn the_hat_is_asked_for_as_the_policy_says() {
    let mut room = room(&json!({ "hat": "off" }));
    ask(&mut room, "ann", "deploy web", MAIN);
    assert!(sent(&room).url.ends_with("/deployments"));

    let mut room = super::scene::room(&json!({ "hat": "warn" }));
    ask(&mut room, "ann", "deploy web", MAIN);
    assert!(heard(&mut room).contains("⚠ ann does not wear the deploy hat."));

    let mut room = super::scene::room(&json!({ "hat": "require" }));
    ask(&mut room, "ann", "deploy web", MAIN);
    assert_eq!(heard(&mut room), "bot(ann)> Only whoever wears the deploy hat deploys from here. `deploy hat on` puts it on.");
    assert_eq!(says(&mut room, "bob", "deploy hat on"), "bot> bob wears the deploy hat.");
    ask(&mut room, "ann", "deploy web", MAIN);
    assert_eq!(heard(&mut room), "bot(ann)> Only whoever wears the deploy hat deploys from here, and that is bob.");
    assert_eq!(says(&mut room, "ann", "deploy hat off"), "bot(ann)> You do not wear the deploy hat.");
    assert_eq!(says(&mut room, "ann", "deploy hat on"), "bot(ann)> bob wears the deploy hat.");
    assert_eq!(says(&mut room, "bob", "deploy hat off"), "bot> bob has taken the deploy hat off.");

    assert_eq!(says(&mut room, "eve", "deploy hat"), "bot(eve)> Nobody wears the deploy hat.");
    assert_eq!(says(&mut room, "eve", "deploy hat on"), "bot> eve wears the deploy hat.");
    assert_eq!(says(&mut room, "bob", "deploy hat"), "bot(bob)> eve wears the deploy hat.");

    let mut room = super::scene::room(&json!({ "hat": "auto" }));
    begin(&mut room, "ann", "deploy web", 7);
    heard(&mut room);
    assert_eq!(says(&mut room, "bob", "deploy hat on"), "bot(bob)> ann wears the deploy hat.");
    hook(&mut room, &status(7, 1, "success", "2026-01-05T10:00:30Z"));
    heard(&mut room);
    assert_eq!(says(&mut room, "bob", "deploy hat on"), "bot> bob wears the deploy hat.");
    ask(&mut room, "ann", "deploy web", OTHER);
    assert!(heard(&mut room).contains("and that is bob"));
    assert_eq!(lock_of(&mut room), FREE, "nothing is kept of a deploy that did not begin");
}

#[test]
fn a_lock_that_was_forgotten_is_brought_to_mind() {
    let mut room = room(&json!({}));
    says(&mut room, "ann", "lock staging on web");
    room.wait("3 hours");
    assert_eq!(heard(&mut room), "bot@ann> You have had *staging* of *web* for 3 h. Do you still need it?\n    [1] Unlock");
    room.presses("ann", "Unlock");
    assert!(heard(&mut room).contains("ann has unlocked *staging* of *web*."));
    room.wait("3 hours");
    assert_eq!(heard(&mut room), "");
}

#[test]
fn whoever_may_not_deploy_there_does_not_lock_it() {
    let mut room = room(&json!({ "deployers": ["bob"] }));
    assert!(says(&mut room, "ann", "lock staging on web").contains("You may not deploy *web* to *staging*."));
    assert!(says(&mut room, "bob", "lock staging on web").contains("is locked by bob"));
}

const CI: Program<'_> = Program { token: "ci", acts_for: Some("pipeline-12") };

#[test]
fn what_a_program_wants_to_deploy_is_held_the_newest_only() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "lock staging on web because of the fair");
    let calls = |room: &mut Room, program: Program<'_>, sha: &str| {
        room.calls(program, &format!("deploy web@{sha} to staging"));
        heard(room);
        answer(room, 200, &commit(sha));
        heard(room)
    };
    let said = calls(&mut room, CI, MAIN);
    assert!(
        said.contains(
            "bot@bob> ci (pipeline-12) waits for *staging* of *web* with `6dcb09b`: it is deployed as soon as \
        you unlock it.\n    [1] Unlock"
        ),
        "{said}"
    );
    assert_eq!(room.answered("run 1").expect("it is over").code, "held");
    calls(&mut room, Program { acts_for: Some("pipeline-13"), ..CI }, OTHER);
    let queue = says(&mut room, "eve", "deploy queue");
    assert!(queue.contains("ci (pipeline-13)") && !queue.contains("ci (pipeline-12)"), "{queue}");
    room.wait("1 hour");
    assert_eq!(heard(&mut room), "bot> ci (pipeline-13) has waited for *staging* of *web* for 1 h. @bob has the lock.");
    room.wait("2 hours");
    assert!(heard(&mut room).contains("Do you still need it? ci (pipeline-13) waits for it."));
    says(&mut room, "bob", "unlock all");
    assert!(sent(&room).url.ends_with(&format!("/commits/{OTHER}")));
    answer(&mut room, 200, &commit(OTHER));
    assert!(sent(&room).url.ends_with("/deployments"));
    answer(&mut room, 201, &deployment(7, OTHER));
    hook(&mut room, &status(7, 1, "success", "2026-01-05T13:00:30Z"));
    assert!(heard(&mut room).contains("`7629413` of *web* is on *staging*"));
    assert_eq!(lock_of(&mut room), FREE);
}

#[test]
fn a_program_is_refused_like_everybody_where_waiting_does_not_help() {
    let mut room = room(&json!({}));
    says(&mut room, "bob", "deploy freeze staging until 18:00 because of the fair");
    room.calls(CI, "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    assert_eq!(room.answered("run 1").expect("it is over").code, "refused.frozen");
    says(&mut room, "bob", "deploy thaw staging");
    says(&mut room, "bob", "lock everything");
    room.calls(CI, "deploy web");
    answer(&mut room, 200, &commit(MAIN));
    assert_eq!(room.answered("run 2").expect("it is over").code, "refused.locked");
}
