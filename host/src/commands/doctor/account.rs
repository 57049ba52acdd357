//! What Slack says about each bot token: whose it is, what it may do, and what time it is.

use super::limit::limited;
use crate::adapters::slack::web::{Identity, Web, WebError};
use crate::clock::Clock;
use crate::secrets::{Given, Kind, Token};
use crate::setup::{Finding, Needs};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;

/// Slack says the time in whole seconds, and the answer takes its way.
const SKEW: Duration = Duration::from_secs(30);

/// Whose the token is, and what Slack says about it.
pub type Told = (String, Result<Answer, WebError>);

/// An answer, and how far our clock was from Slack's when it came.
#[derive(Debug)]
pub struct Answer {
    identity: Identity,
    skew: Option<Duration>,
}

/// Asks about every bot token at the same time. Tokens that are not there are not asked about.
pub async fn identify(web: Option<&Web>, given: &Given, clock: &Clock) -> Vec<Told> {
    let mut asked = JoinSet::new();
    for (name, token) in &given.workspaces {
        if let (Some(web), Ok(token)) = (web, token) {
            let (web, token, whose, clock) = (web.clone(), token.clone(), given.whose(name), clock.clone());
            asked.spawn(async move { (whose, ask(&web, &token, &clock).await) });
        }
    }
    let mut answers = asked.join_all().await;
    answers.sort_by(|(one, _), (other, _)| one.cmp(other));
    answers
}

async fn ask(web: &Web, token: &Token, clock: &Clock) -> Result<Answer, WebError> {
    let silent = || WebError::Unknown { method: "auth.test".to_owned(), why: "no answer".to_owned() };
    let identity = limited(web.identity(token)).await.ok_or_else(silent)??;
    let skew = identity.date.map(|date| Duration::from_millis(date.0.abs_diff(clock.now().0)));
    Ok(Answer { identity, skew })
}

pub fn findings(told: &[Told], name: &str, needs: &Needs) -> Vec<Finding> {
    let found = told.iter().flat_map(|(whose, answer)| match answer {
        Ok(Answer { identity, .. }) => vec![known(identity), named(identity, name), scopes(identity, needs)],
        Err(why) => vec![refused("account", whose, Kind::Bot, why)],
    });
    found.chain(doubled(told)).chain(skewed(told)).collect()
}

fn known(identity: &Identity) -> Finding {
    Finding::ok("account", format!("connected as @{} in {} ({})", identity.bot_name, identity.team_name, identity.team))
}

fn named(identity: &Identity, name: &str) -> Finding {
    let theirs = &identity.bot_name;
    if theirs.eq_ignore_ascii_case(name) {
        return Finding::ok("name", format!("people write @{name}"));
    }
    let fix = format!("[bot] name = \"{theirs}\" in the configuration, or rename the bot on Slack's page App Home");
    Finding::warning("name", format!("the bot's help says @{name}, but in {} it is called @{theirs}", identity.team_name), fix)
}

/// All that are missing, at once, each with whoever wants it.
fn scopes(identity: &Identity, needs: &Needs) -> Finding {
    let team = &identity.team_name;
    if identity.scopes.is_empty() {
        return Finding::warning("scopes", format!("Slack did not say what the bot may do in {team}"), "try again in a minute");
    }
    let missing: Vec<String> =
        needs.missing(|scope| identity.scopes.contains(scope)).map(|(scope, why)| format!("{scope} ({})", why.join(", "))).collect();
    match missing.len() {
        0 => Finding::ok("scopes", format!("all {} that are needed are granted in {team}", needs.scopes.len())),
        count => {
            let are = if count == 1 { "scope is" } else { "scopes are" };
            let fix =
                "hatstand slack manifest; paste it on Slack's page App Manifest, then reinstall the app on the page OAuth & Permissions";
            Finding::failure("scopes", format!("{count} {are} missing in {team}: {}", missing.join("; ")), fix)
        }
    }
}

/// One workspace, one token: two would answer everything twice.
fn doubled(told: &[Told]) -> Option<Finding> {
    let mut teams = BTreeSet::new();
    let mut identities = told.iter().filter_map(|(_, answer)| Some(&answer.as_ref().ok()?.identity));
    let twice = identities.find(|identity| !teams.insert(&identity.team))?;
    Some(Finding::failure(
        "account",
        format!("two bot tokens belong to {}", twice.team_name),
        "leave one of them out of [slack] workspaces",
    ))
}

/// One clock, so one finding: the largest of the differences.
fn skewed(told: &[Told]) -> Option<Finding> {
    let skew = told.iter().filter_map(|(_, answer)| answer.as_ref().ok()?.skew).max()?;
    Some(if skew <= SKEW {
        Finding::ok("clock", "this machine's clock and Slack's agree")
    } else {
        let text = format!("this machine's clock and Slack's differ by {} s, so everything timed is off", skew.as_secs());
        Finding::warning("clock", text, "set the clock, for instance with: timedatectl set-ntp true")
    })
}

/// Nobody can be asked.
pub fn unstarted(why: &WebError) -> Finding {
    Finding::failure("account", why.to_string(), "install the system's certificates, on Debian: apt install ca-certificates")
}

/// Why Slack does not take a token, in words.
pub fn refused(area: &'static str, whose: &str, kind: Kind, why: &WebError) -> Finding {
    let again = || format!("copy it again from {}", kind.page());
    let (text, fix) = match (why.code(), why) {
        (Some("invalid_auth" | "not_authed"), _) => (format!("Slack does not know the token of {whose}"), again()),
        (Some("token_revoked" | "account_inactive" | "app_uninstalled"), _) => {
            (format!("the token of {whose} was revoked"), format!("install the app again, then {}", again()))
        }
        (Some("missing_scope"), _) if kind == Kind::App => {
            (format!("the token of {whose} lacks the scope connections:write"), format!("make a new one on {}", kind.page()))
        }
        (_, WebError::TooFast { wait, .. }) => ("Slack was asked too often".to_owned(), format!("try again in {} s", wait.as_secs())),
        (None, _) => (why.to_string(), "check the network (no proxy is used) and [slack] api_url in the configuration".to_owned()),
        (Some(_), _) if kind == Kind::App && !why.is_about_the_token() => {
            (why.to_string(), "switch Socket Mode on, on Slack's page of that name".to_owned())
        }
        (Some(_), WebError::Refused { method, .. }) if !why.is_about_the_token() => {
            (why.to_string(), format!("see https://docs.slack.dev/reference/methods/{method}"))
        }
        (Some(_), _) => (why.to_string(), again()),
    };
    Finding::failure(area, text, fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WorkspaceId;

    fn identity(scopes: &[&str]) -> Identity {
        Identity {
            team: WorkspaceId::from("T1"),
            team_name: "Acme".to_owned(),
            bot_user: "U1".to_owned(),
            bot_id: "B1".to_owned(),
            bot_name: "ops-bot".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            date: None,
        }
    }

    #[test]
    fn every_missing_scope_is_named_with_whoever_wants_it() {
        let needs = Needs::of([]);
        let finding = scopes(&identity(&["chat:write", "commands", "channels:read", "groups:read", "im:history", "users:read"]), &needs);
        assert!(finding.failed());
        assert!(
            finding.text.starts_with("6 scopes are missing in Acme: app_mentions:read (hatstand hears what is said"),
            "{}",
            finding.text
        );
        assert!(finding.text.contains("; reactions:write (hatstand adds the reactions of plugins)"), "{}", finding.text);
        assert!(finding.fix.expect("there is one").contains("then reinstall the app"));
    }

    #[test]
    fn a_clock_is_wrong_only_by_much() {
        let answer = |seconds| {
            let skew = Some(Duration::from_secs(seconds));
            [("the bot".to_owned(), Ok(Answer { identity: identity(&[]), skew }))]
        };
        assert!(skewed(&answer(29)).is_some_and(|finding| finding.fix.is_none()));
        assert!(skewed(&answer(90)).is_some_and(|finding| finding.text.contains("differ by 90 s")));
        assert_eq!(skewed(&[]), None);
    }
}
