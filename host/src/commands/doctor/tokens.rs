//! Are the tokens there, and each in its place?

use crate::secrets::{Given, Token, TokenProblem};
use crate::setup::Finding;

const AREA: &str = "tokens";

pub fn findings(given: &Given) -> Vec<Finding> {
    let app = finding("the app", &given.app);
    let bots = given.workspaces.iter().map(|(name, token)| finding(&given.whose(name), token));
    let warnings = given.warnings.iter().map(|warning| Finding::warning(AREA, warning.to_string(), warning.fix()));
    std::iter::once(app).chain(bots).chain(warnings).collect()
}

fn finding(whose: &str, token: &Result<Token, TokenProblem>) -> Finding {
    match token {
        Ok(token) => Finding::ok(AREA, format!("{whose} has {}", token.kind())),
        Err(why) => Finding::failure(AREA, why.to_string(), why.fix()),
    }
}
