//! Does Socket Mode open, and is nobody else on it?

use super::account::refused;
use super::limit::limited;
use crate::adapters::slack::envelope::Reason;
use crate::adapters::slack::socket::{self, OpenError};
use crate::adapters::slack::times::Times;
use crate::adapters::slack::web::Web;
use crate::secrets::{Kind, Token, TokenProblem};
use crate::setup::Finding;

const AREA: &str = "socket mode";
const COUNT: &str = "connections";

/// How many connections the app has, with the one that was opened to find out; none if there is nothing to try it with.
pub type Tried = Option<Result<u64, Finding>>;

/// Opens one connection and closes it again.
///
/// What Slack sends over it in that moment is not acknowledged, and so comes again elsewhere.
pub async fn try_out(web: Option<&Web>, app: &Result<Token, TokenProblem>) -> Tried {
    let (web, app) = (web?, app.as_ref().ok()?);
    let times = Times::default();
    let opened = limited(async {
        let socket = socket::open(web, app, &times).await?;
        let connections = socket.hello.connections;
        socket.close(&times).await;
        Ok(connections)
    });
    Some(match opened.await {
        Some(opened) => opened.map_err(|why| unopened(&why)),
        None => Err(Finding::failure(AREA, "Slack did not answer in time", "try again, or see https://slack-status.com")),
    })
}

/// `ours` are the connections of a bot that runs meanwhile.
pub fn findings(tried: &Tried, ours: usize) -> Vec<Finding> {
    match tried {
        Some(Ok(connections)) => vec![Finding::ok(AREA, "opens"), counted(*connections, ours)],
        Some(Err(finding)) => vec![finding.clone()],
        None => Vec::new(),
    }
}

fn counted(connections: u64, ours: usize) -> Finding {
    let others = connections.saturating_sub(ours as u64 + 1);
    match (others, ours) {
        (0, 0) => Finding::ok(COUNT, "nobody else is connected with this app token"),
        (0, _) => Finding::ok(COUNT, "the bot that runs is connected, and nobody else"),
        _ => Finding::warning(
            COUNT,
            format!("SOMEBODY ELSE RUNS WITH THIS APP TOKEN ({others} connections are not ours): each gets only a part of the messages"),
            "look again, in case Slack was just renewing one of ours; then stop the other bot, or make an app of its own for it",
        ),
    }
}

fn unopened(why: &OpenError) -> Finding {
    match why {
        OpenError::Ticket(why) => refused(AREA, "the app", Kind::App, why),
        OpenError::Disconnected(Reason::Disabled) => {
            Finding::failure(AREA, "Socket Mode is switched off for the app", "switch Socket Mode on, on Slack's page of that name")
        }
        OpenError::Disconnected(Reason::Crowded) => {
            Finding::failure(AREA, "the app has more connections than Slack allows", "stop the other bots that run with this app token")
        }
        why => Finding::failure(AREA, why.to_string(), "try again; if it stays, check whether a proxy lets WebSockets through"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_of_others_are_told_loudly() {
        assert_eq!(counted(1, 0).fix, None);
        assert_eq!(counted(3, 2).fix, None);
        assert!(counted(2, 0).text.contains("(1 connections are not ours)"));
        assert!(counted(5, 2).text.starts_with("SOMEBODY ELSE"));
    }
}
