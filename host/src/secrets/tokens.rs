//! The tokens for Slack: one for the app, one for the bot in each workspace.

use super::problem::{TokenProblem, TokenProblems, TokenWarning};
use super::reader::{Found, Reader};
use super::{Environment, Kind, Token};
use crate::config::Slack;

const APP: &str = "SLACK_APP_TOKEN";
pub(super) const BOT: &str = "SLACK_BOT_TOKEN";

/// What the only workspace is called where the configuration names none.
const ONLY: &str = "slack";

/// Everything it takes to connect.
#[derive(Clone, Debug)]
pub struct SlackTokens {
    pub app: Token,
    /// Workspaces by the names of the configuration, each with the token of its bot.
    pub workspaces: Vec<(String, Token)>,
    pub warnings: Vec<TokenWarning>,
}

/// What was given for each token that is wanted.
#[derive(Clone, Debug)]
pub struct Given {
    pub app: Result<Token, TokenProblem>,
    pub workspaces: Vec<(String, Result<Token, TokenProblem>)>,
    pub warnings: Vec<TokenWarning>,
}

/// The tokens, or everything that is wrong with them.
pub fn slack(config: &Slack, environment: &Environment) -> Result<SlackTokens, TokenProblems> {
    let Given { app, workspaces, warnings } = given(config, environment);
    let mut problems = Vec::new();
    let mut keep = |token: Result<Token, TokenProblem>| token.map_err(|why| problems.push(why)).ok();
    let app = keep(app);
    let workspaces: Vec<_> = workspaces.into_iter().filter_map(|(name, token)| Some((name, keep(token)?))).collect();
    match app {
        Some(app) if problems.is_empty() => Ok(SlackTokens { app, workspaces, warnings }),
        _ => Err(TokenProblems(problems)),
    }
}

/// Looks for every token that the configuration calls for.
pub fn given(config: &Slack, environment: &Environment) -> Given {
    let wanted = Wanted::all(config);
    let reader = Reader { environment, wanted: &wanted };
    let mut warnings = Vec::new();
    let mut read = wanted.iter().map(|wanted| {
        let found = reader.read(wanted);
        warnings.extend(found.as_ref().ok().and_then(Found::warning));
        (wanted.workspace.clone(), found.map(|found| found.token))
    });
    let (_, app) = read.next().expect("the app's token is always wanted");
    let workspaces = read.collect();
    Given { app, workspaces, warnings }
}

impl Given {
    /// Whose the token of a workspace is, in words.
    pub fn whose(&self, workspace: &str) -> String {
        if self.workspaces.len() == 1 { "the bot".to_owned() } else { format!("the bot in {workspace}") }
    }
}

/// A token that is needed.
#[derive(Debug)]
pub(super) struct Wanted {
    workspace: String,
    pub variable: String,
    pub kind: Kind,
}

impl Wanted {
    /// The app's comes first.
    fn all(config: &Slack) -> Vec<Self> {
        let app = Self { workspace: String::new(), variable: APP.to_owned(), kind: Kind::App };
        let bot = |workspace: &str, variable: String| Self { workspace: workspace.to_owned(), variable, kind: Kind::Bot };
        let mut wanted = vec![app];
        if config.workspaces.is_empty() {
            wanted.push(bot(ONLY, BOT.to_owned()));
        }
        wanted.extend(config.workspaces.iter().map(|name| bot(name, format!("{BOT}_{}", name.to_uppercase().replace('-', "_")))));
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    const APP_TOKEN: &str = "xapp-1-canary";
    const BOT_TOKEN: &str = "xoxb-1-canary";

    fn read<const N: usize>(variables: [(&str, &str); N]) -> Result<SlackTokens, String> {
        let said = slack(&Slack::default(), &Environment::from_iter(variables)).map_err(|why| why.to_string());
        assert!(!format!("{said:?}").contains("canary"), "{said:?}");
        said
    }

    #[test]
    fn come_from_variables() {
        let tokens = read([(APP, APP_TOKEN), (BOT, BOT_TOKEN)]).expect("both are there");
        assert_eq!(tokens.app.expose_secret(), APP_TOKEN);
        assert_eq!(tokens.workspaces[0].1.expose_secret(), BOT_TOKEN);
    }

    #[test]
    fn come_from_files_and_credentials() {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("app");
        fs::write(&file, format!("{APP_TOKEN}\n")).expect("written");
        fs::write(folder.path().join("slack-bot-token"), format!(" {BOT_TOKEN} \n")).expect("written");
        let (file, folder) = (file.display().to_string(), folder.path().display().to_string());
        let tokens = read([("SLACK_APP_TOKEN_FILE", &file), ("CREDENTIALS_DIRECTORY", &folder)]).expect("both are there");
        assert_eq!(tokens.app.expose_secret(), APP_TOKEN);
        assert_eq!(tokens.workspaces[0].1.expose_secret(), BOT_TOKEN);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_for_everybody_earns_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("app");
        fs::write(&file, APP_TOKEN).expect("written");
        let warned = |mode| {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it is ours");
            read([("SLACK_APP_TOKEN_FILE", file.to_str().expect("UTF-8")), (BOT, BOT_TOKEN)]).expect("both are there").warnings.len()
        };
        assert_eq!((warned(0o600), warned(0o640), warned(0o644)), (0, 0, 1));
    }

    #[test]
    fn each_workspace_has_its_own() {
        let config = Slack { workspaces: vec!["acme".to_owned(), "beta-two".to_owned()], ..Slack::default() };
        let variables = [(APP, APP_TOKEN), ("SLACK_BOT_TOKEN_ACME", BOT_TOKEN), ("SLACK_BOT_TOKEN_BETA_TWO", BOT_TOKEN)];
        let tokens = slack(&config, &Environment::from_iter(variables)).expect("all are there");
        let names: Vec<&str> = tokens.workspaces.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["acme", "beta-two"]);
    }

    #[test]
    fn without_any_there_is_one_line_with_the_way_on() {
        let said = read([]).expect_err("none is there");
        assert_eq!(
            said,
            "SLACK_APP_TOKEN is not set. SLACK_BOT_TOKEN is not set. What to do: hatstand doctor. Without Slack there is the practice room: hatstand demo"
        );
    }

    #[test]
    fn swapped_ones_are_both_named() {
        let said = read([(APP, BOT_TOKEN), (BOT, APP_TOKEN)]).expect_err("they are swapped");
        assert!(
            said.starts_with("SLACK_APP_TOKEN holds a bot token (xoxb-…); the app-level token begins with xapp- and is on the page Basic"),
            "{said}"
        );
        assert!(
            said.contains("SLACK_BOT_TOKEN holds an app-level token (xapp-…); the bot token begins with xoxb- and is on the page OAuth"),
            "{said}"
        );
    }

    #[test]
    fn given_twice_is_refused() {
        let said = read([(APP, APP_TOKEN), ("SLACK_APP_TOKEN_FILE", "/app"), (BOT, BOT_TOKEN)]).expect_err("which one?");
        assert!(
            said.starts_with("the same token is given by SLACK_APP_TOKEN and by SLACK_APP_TOKEN_FILE (/app); keep one of them"),
            "{said}"
        );
    }

    #[test]
    fn other_names_are_recognised() {
        let said = read([("SLACK_XAPP", "1"), ("SLACK_TOKEN", "?"), ("MY_BOT", BOT_TOKEN), ("PATH", "/bin")]).expect_err("none is there");
        assert!(said.starts_with("SLACK_APP_TOKEN is not set; SLACK_XAPP is set, but not read: call it SLACK_APP_TOKEN. "), "{said}");
        assert!(said.contains("MY_BOT, SLACK_TOKEN is set, but not read: call it SLACK_BOT_TOKEN"), "{said}");
    }

    #[test]
    fn a_token_in_the_place_of_a_file_s_name_is_not_printed() {
        let said = read([("SLACK_APP_TOKEN_FILE", APP_TOKEN), (BOT, BOT_TOKEN)]).expect_err("it is no file");
        assert!(said.starts_with("SLACK_APP_TOKEN_FILE holds a token itself, not the name of a file; call it SLACK_APP_TOKEN"), "{said}");
        read([(APP, APP_TOKEN), ("SLACK_APP_TOKEN_FILE", APP_TOKEN), (BOT, BOT_TOKEN)]).expect_err("it is there twice");
    }
}
