//! How things stand, for whoever asks.

use super::scene::{MAIN, OTHER, answer, begin, commit, deploy, heard, room, room_with, sent, web};
use hatstand_plugin::testing::Room;
use serde_json::json;

fn says(room: &mut Room, line: &str) -> String {
    room.says("eve", line);
    heard(room)
}

#[test]
fn where_things_can_be_deployed() {
    let mut room = room_with(&json!({ "web": web(&json!({})), "api": web(&json!({})) }));
    let all = "bot(eve)> What can be deployed:\n    • *api* to `staging` and `production`\n    • *web* to `staging` and `production`";
    assert_eq!(says(&mut room, "deploy where"), all);
    assert_eq!(says(&mut room, "wcid"), all);
    deploy(&mut room, "ann", "deploy web to production", 7);
    begin(&mut room, "ann", "deploy web to staging", 8);
    room.says("bob", "deploy freeze prod until 18:00 because of the fair");
    room.heard();
    for line in ["where can I deploy web", "deploy where web", "wcid web"] {
        let places = "bot(eve)> *web* (GitHub) can be deployed to:\n    • *staging*, the default; deploy 2 is running since \
            10:00; locked by ann (just now)\n    • *production* (or `prod`), hosts `web1` and `web2` \
            – `6dcb09b` (main) since 10:00 by ann; frozen until 18:00";
        assert_eq!(says(&mut room, line), places);
    }
    assert!(says(&mut room, "deploy where wib").contains("Did you mean `web`?"));
}

#[test]
fn what_was_deployed() {
    let mut room = room(&json!({}));
    assert_eq!(says(&mut room, "deploys web"), "bot(eve)> I know of no deploy like that.");
    deploy(&mut room, "ann", "deploy web because it is time", 7);
    deploy(&mut room, "bob", "deploy web@fix to production", 8);
    room.heard();
    let (first, second) = (
        "• 1 10:00: `6dcb09b` (main) of *web* to *staging* by ann, succeeded, because it is time",
        "• 2 10:00: `6dcb09b` (fix) of *web* to *production* by bob, succeeded",
    );
    assert_eq!(says(&mut room, "deploys web"), format!("bot(eve)> Deploys of *web*:\n    {second}\n    {first}"));
    assert_eq!(says(&mut room, "deploys web in prod"), format!("bot(eve)> Deploys of *web*:\n    {second}"));
    assert_eq!(says(&mut room, "deploys web@main"), format!("bot(eve)> Deploys of *web*:\n    {first}"));
    assert_eq!(says(&mut room, "deploys web@6dcb09b in staging"), format!("bot(eve)> Deploys of *web*:\n    {first}"));
    assert_eq!(says(&mut room, "deploy history"), format!("bot(eve)> The last deploys:\n    {second}\n    {first}"));
    assert_eq!(says(&mut room, "deploy history web"), says(&mut room, "deploys web"));
    let latest = "bot(eve)> The latest of *web*:\n    • *staging*: `6dcb09b` (main) since 10:00 by ann (deploy 1)\n    • \
        *production*: `6dcb09b` (fix) since 10:00 by bob (deploy 2)";
    assert_eq!(says(&mut room, "deploy latest web"), latest);
    for line in ["deploys wib", "deploy history wib", "deploy latest wib"] {
        assert!(says(&mut room, line).contains("I know no app `wib`."), "{line}");
    }
}

#[test]
fn how_one_deploy_goes() {
    let mut room = room(&json!({}));
    deploy(&mut room, "ann", "deploy web because it is time", 7);
    room.heard();
    room.wait("5 minutes");
    let status = "bot(eve)> Deploy 1: `6dcb09b` (main) of *web* to *staging* by ann, 10:00 (5 min), because it is time: \
        succeeded. [Look](https://ci.example/7)";
    assert_eq!(says(&mut room, "deploy status 1"), status);
    assert!(says(&mut room, "deploy status 9").contains("I know no deploy 9."));
}

#[test]
fn what_would_change() {
    let mut room = room(&json!({}));
    assert!(says(&mut room, "deploy diff web").contains("I know of nothing that was deployed of *web* to *staging*."));
    deploy(&mut room, "ann", "deploy web", 7);
    room.heard();
    room.says("eve", "deploy diff web@fix in staging");
    heard(&mut room);
    answer(&mut room, 200, &commit(OTHER));
    assert_eq!(sent(&room).url, format!("https://api.github.com/repos/acme/web/compare/{OTHER}...{MAIN}?per_page=1"));
    answer(&mut room, 200, &json!({ "status": "behind", "ahead_by": 0, "behind_by": 3 }));
    let link = format!("[Look](https://github.com/acme/web/compare/{MAIN}...{OTHER})");
    let says_so = format!("bot(eve)> *staging* of *web* has `6dcb09b` (main); this is `7629413` (fix), 3 commits later. {link}");
    assert_eq!(heard(&mut room), says_so);
    room.says("eve", "deploy diff web");
    heard(&mut room);
    answer(&mut room, 200, &commit(MAIN));
    assert_eq!(heard(&mut room), "bot(eve)> *staging* of *web* has `6dcb09b` (main) already: no difference.");
}

#[test]
fn a_credential_is_tried_in_direct_messages_and_never_set() {
    let mut room = room(&json!({}));
    assert!(says(&mut room, "deploy-token verify web").contains("That is for direct messages"));
    room.tells("eve", "deploy-token verify web");
    assert_eq!(heard(&mut room), "bot@eve> Asking GitHub …");
    assert_eq!(sent(&room).url, "https://api.github.com/repos/acme/web");
    room.go_to("@eve");
    answer(&mut room, 200, &json!({ "full_name": "acme/web" }));
    assert!(heard(&mut room).contains("GitHub lets me in at `https://api.github.com`."));
    answer(&mut room, 401, &json!({ "message": "Bad credentials" }));
    let said = heard(&mut room);
    assert!(
        said.contains(
            "GitHub does not let me do that (401). Whoever operates me has to look at the credential bound to `https://api.github.com`."
        ),
        "{said}"
    );
    for line in ["deploy-token set ghp_secret", "deploy-token reset"] {
        room.tells("eve", line);
        let said = heard(&mut room);
        assert!(said.contains("I hold no tokens, so none can be set or reset here.") && !said.contains("ghp_secret"), "{said}");
    }
}

#[test]
fn help_is_short() {
    let mut room = room(&json!({}));
    assert!(says(&mut room, "deploy").starts_with("bot(eve)> `deploy web to production`"));
    assert_eq!(says(&mut room, "deploy help"), says(&mut room, "deploy"));
}
