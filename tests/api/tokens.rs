//! Tokens, by the commands of an operator, while the bot runs.

use crate::client::Request;
use crate::pipeline::Running;
use crate::support::Canary;
use hatstand::ledger::Verdict;

#[test]
fn a_token_counts_at_once_and_until_it_is_revoked() {
    let bot = Running::start(&["greeter"]);
    let token = bot.prints(&["token", "create", "ci", "--channel", "ops", "--allow", "greet"]);
    assert!(token.starts_with("hst_") && token.len() == 68, "{} characters", token.len());
    let greet = Request::line(&token, "greet");
    assert_eq!(greet.send(bot.address).status, 200);
    assert!(bot.prints(&["token", "list"]).starts_with("ci: valid; `greet` in #ops; made "));

    let again = bot.fails(&["token", "create", "ci", "--channel", "ops", "--allow", "greet"]);
    assert!(again.contains("there is or was a token `ci`"), "{again}");
    assert_eq!(bot.prints(&["token", "revoke", "ci"]), "The token `ci` counts for nothing any more.");
    assert_eq!(greet.send(bot.address).end(), (401, "revoked-token".to_owned()));
    assert_eq!(bot.prints(&["token", "revoke", "ci"]), "The token `ci` was revoked before.");
    assert!(bot.fails(&["token", "create", "ci", "--any-channel", "--allow", "*"]).contains("there is or was"), "a name is one token's");
    assert!(bot.fails(&["token", "revoke", "cd"]).contains("there is no token `cd`"));
}

#[test]
fn what_makes_no_token_is_told() {
    let bot = Running::start(&[]);
    for (arguments, why) in [
        (&["CI", "--channel", "ops", "--allow", "greet"][..], "is no name for a token"),
        (&["ci", "--allow", "greet"], "--channel"),
        (&["ci", "--channel", "ops"], "--allow"),
        (&["ci", "--channel", "ops", "--any-channel", "--allow", "greet"], "cannot be used with"),
        (&["ci", "--channel", "ops", "--allow", "greet <who>"], "is no beginning of a command"),
        (&["ci", "--channel", "ops", "--allow", "greet", "--expires", "2020-01-01T00:00:00Z"], "has expired already"),
        (&["ci", "--channel", "ops", "--allow", "greet", "--expires", "soon"], "write a length of time"),
    ] {
        let said = bot.fails(&[&["token", "create"], arguments].concat());
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
    assert!(bot.prints(&["token", "list"]).starts_with("There are no tokens."));
}

#[test]
fn the_audit_is_asked_while_the_bot_runs() {
    let bot = Running::start(&["greeter"]);
    let token = bot.prints(&["token", "create", "ci", "--channel", "ops", "--allow", "greet *"]);
    let head = bot.prints(&["audit", "--head"]);
    Request::line(&token, "greet").send(bot.address);
    Request::line(&token, "greet").with("channel", "dev").send(bot.address);
    Request::line(&token, "greet nobody").send(bot.address);

    let told = bot.prints(&["audit", "--since", "1h", "--user", "ci"]);
    let told: Vec<&str> = told.lines().filter_map(|line| line.splitn(3, "  ").nth(2)).collect();
    assert!(told[0].starts_with("ci  #ops  greeter 0.1.0 ") && told[0].ends_with("  greet: ok"), "{told:?}");
    assert!(told[1].starts_with("ci  #dev  hatstand  greet: denied (The token `ci` is not for #dev."), "{told:?}");
    assert!(told[2].ends_with("greet nobody: refused"), "{told:?}");
    assert_eq!(bot.prints(&["audit", "--outcome", "denied", "--channel", "dev", "--json"]).lines().count(), 1);
    assert_eq!(bot.prints(&["audit", "--until", "1h"]), "");
    assert!(bot.prints(&["audit", "--user", "an operator"]).contains("token create ci: ok"));

    assert!(bot.prints(&["audit", "--verify", "--head-was", &head]).starts_with("all 4 rows fit"));
    let last = bot.prints(&["audit", "--head"]);
    bot.tampers("DELETE FROM audit WHERE id = 4");
    assert!(bot.prints(&["audit", "--verify"]).starts_with("all 3 rows fit"), "it cannot show by itself");
    assert!(bot.fails(&["audit", "--verify", "--head-was", &last]).contains("row 4 and what came after it were taken away"));
    bot.tampers("UPDATE audit SET outcome = 'ok' WHERE id = 3");
    assert!(bot.fails(&["audit", "--verify"]).contains("row 3 does not fit"));
    assert!(bot.fails(&["audit", "--head-was", &last]).contains("--verify"));
    assert!(matches!(bot.verdict(), Verdict::Changed { row: 3 }));
}

#[test]
fn a_token_is_written_down_nowhere() {
    let bot = Running::start(&["greeter", "panicker"]);
    let token = bot.prints(&["token", "create", "ci", "--channel", "ops", "--allow", "*"]);
    let mut canary = Canary::default();
    canary.guard_token(&token);
    for request in [
        Request::line(&token, "greet").key("1"),
        Request::line(&token, "greet @jane").key("1"),
        Request::line(&token, "panic"),
        Request::line(&token, "greet").with("channel", "no channel"),
        Request::line(&token, "greet").with_body("{"),
        Request::line(&format!("{token}0"), "greet"),
        Request::new("GET", "/"),
    ] {
        request.send(bot.address);
    }
    bot.prints(&["token", "revoke", "ci"]);
    Request::line(&token, "greet").send(bot.address);
    assert!(bot.log().contains("answered a program") && bot.log().contains("DEBUG"), "it tells a lot");
    canary.is_silent_in_files(bot.folder.path());
}

/// The key of a hat or a thing names the channel it is of.
#[test]
fn a_release_key_of_another_channel_shows_nothing_of_it() {
    let bot = Running::start(&["hat", "dibs"]);
    let token = |name: &str, channel: &str| bot.prints(&["token", "create", name, "--channel", channel, "--allow", "*"]);
    let (dev, secret) = (token("dev", "dev"), token("secret", "secret-ops"));
    for line in ["hat seize because of the acquisition", "dibs seize plan because of the acquisition"] {
        assert_eq!(Request::line(&secret, line).send(bot.address).end(), (200, "held".to_owned()), "{line}");
    }
    for line in ["hat release secret-ops/1/x", "dibs release secret-ops/1/1/x", "dibs extend hold secret-ops/1/1/x 1h"] {
        let answer = Request::line(&dev, line).send(bot.address);
        assert!(answer.status >= 400 && !answer.body.contains("acquisition"), "{line}: {answer:?}");
    }
}
