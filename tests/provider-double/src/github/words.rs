//! What lines say of GitHub.

use jiff::SignedDuration;

use super::{
    GitHub,
    check::{self, Check},
    deployment::{self, Status},
    hook,
};
use crate::{
    delivery::Sending,
    git::Repository,
    phrase::{Done, Phrase, Said, choose},
};

pub(super) const PHRASES: &[Phrase<GitHub>] = &[
    Phrase { form: "REPO has BRANCH at SHA [saying TEXT...]", deed: has_branch },
    Phrase { form: "REPO has tag TAG at SHA", deed: has_tag },
    Phrase { form: "REPO conflicts on BRANCH", deed: conflicts },
    Phrase { form: "REPO check NAME is STATE on SHA", deed: check_is },
    Phrase { form: "REPO reports CONTEXT STATE on SHA [saying TEXT...]", deed: reports },
    Phrase { form: "REPO pushes BRANCH to SHA [saying TEXT...]", deed: pushes },
    Phrase { form: "REPO suite is STATE on SHA", deed: suite_is },
    Phrase { form: "REPO workflow NAME is STATE on SHA", deed: workflow_is },
    Phrase { form: "REPO pings", deed: pings },
    Phrase { form: "deployment ID is of SHA to ENVIRONMENT", deed: deployment_is_of },
    Phrase { form: "deployment ID is STATE [saying TEXT...]", deed: deployment_is },
    Phrase { form: "sends what is due", deed: sends_due },
    Phrase { form: "sends deployment ID", deed: sends_deployment },
    Phrase { form: "sends statuses of ID STATES...", deed: sends_statuses },
    Phrase { form: "has COUNT requests left", deed: has_requests_left },
    Phrase { form: "has COUNT deployments", deed: has_deployments },
    Phrase { form: "REPO CONTEXT is STATE on SHA", deed: context_is },
];

/// Who is not there cannot have commits: the first branch that a repository has is its default branch.
fn has_branch(github: &mut GitHub, said: &Said) -> Done {
    let branch = said.text("BRANCH");
    let repository = github.repository_mut(said.text("REPO"), branch);
    let sha = repository.meant(said.text("SHA"))?;
    repository.set_branch(branch, &sha, said.maybe("TEXT"), said.now);
    Ok(Vec::new())
}

fn has_tag(github: &mut GitHub, said: &Said) -> Done {
    let repository = github.repository_mut(said.text("REPO"), "main");
    let sha = repository.meant(said.text("SHA"))?;
    repository.set_tag(said.text("TAG"), &sha, said.now);
    Ok(Vec::new())
}

fn conflicts(github: &mut GitHub, said: &Said) -> Done {
    known(github, said)?;
    github.repository_mut(said.text("REPO"), "main").conflicts.insert(said.text("BRANCH").to_owned());
    Ok(Vec::new())
}

fn context_is(github: &mut GitHub, said: &Said) -> Done {
    note(github, said, said.text("CONTEXT"), said.one_of("STATE", check::STATES)?, false)?;
    Ok(Vec::new())
}

fn check_is(github: &mut GitHub, said: &Said) -> Done {
    note(github, said, said.text("NAME"), said.one_of("STATE", check::RUN_STATES)?, true)?;
    Ok(Vec::new())
}

fn reports(github: &mut GitHub, said: &Said) -> Done {
    let (repository, check) = note(github, said, said.text("CONTEXT"), said.one_of("STATE", check::STATES)?, false)?;
    let commit = commit_of(&repository, &check)?;
    let about = format!("status {} {} on {}", check.name, check.state, &check.sha[..7]);
    let payload = hook::status(&repository, commit, &check);
    Ok(vec![github.event(about, "status", &repository, payload)])
}

fn suite_is(github: &mut GitHub, said: &Said) -> Done {
    let (repository, check) = note(github, said, "suite", said.one_of("STATE", check::RUN_STATES)?, true)?;
    let commit = commit_of(&repository, &check)?;
    let about = format!("check suite {} on {}", check.state, &check.sha[..7]);
    let payload = hook::check_suite(&repository, commit, &check);
    Ok(vec![github.event(about, "check_suite", &repository, payload)])
}

fn workflow_is(github: &mut GitHub, said: &Said) -> Done {
    let (repository, check) = note(github, said, said.text("NAME"), said.one_of("STATE", check::RUN_STATES)?, true)?;
    let commit = commit_of(&repository, &check)?;
    let about = format!("workflow {} {} on {}", check.name, check.state, &check.sha[..7]);
    let payload = hook::workflow_run(&repository, commit, &check);
    Ok(vec![github.event(about, "workflow_run", &repository, payload)])
}

fn pushes(github: &mut GitHub, said: &Said) -> Done {
    let branch = said.text("BRANCH");
    let repository = github.repository_mut(said.text("REPO"), branch);
    let sha = repository.meant(said.text("SHA"))?;
    let before = repository.set_branch(branch, &sha, said.maybe("TEXT"), said.now);
    let repository = repository.clone();
    let commit = repository.commit(&sha).ok_or("the commit is not there")?;
    let payload = hook::push(&repository, branch, before.as_deref(), commit);
    Ok(vec![github.event(format!("push of {branch} to {}", said.text("SHA")), "push", &repository, payload)])
}

fn pings(github: &mut GitHub, said: &Said) -> Done {
    let repository = known(github, said)?;
    Ok(vec![github.event("ping", "ping", &repository, hook::ping())])
}

fn sends_deployment(github: &mut GitHub, said: &Said) -> Done {
    let id = said.count("ID")?;
    let (repository, deployment) = github.deployment(id).ok_or_else(|| unknown_deployment(github, id))?;
    let (repository, payload) = (repository.clone(), hook::deployment(repository, deployment));
    Ok(vec![github.event(format!("deployment {id}"), "deployment", &repository, payload)])
}

fn deployment_is(github: &mut GitHub, said: &Said) -> Done {
    let state = said.one_of("STATE", deployment::STATES)?;
    let status = new_status(state, said.maybe("TEXT"), said.now);
    Ok(add(github, said.count("ID")?, status)?.into_iter().collect())
}

/// They come to be in the order in which they can, one a second, and are sent in the order in which they are said.
fn sends_statuses(github: &mut GitHub, said: &Said) -> Done {
    let id = said.count("ID")?;
    let states = said.text("STATES").split([',', ' ']).filter(|state| !state.is_empty());
    let said_states = states.map(|state| choose(state, deployment::STATES)).collect::<Result<Vec<_>, _>>()?;
    let start = github.deployment(id).ok_or_else(|| unknown_deployment(github, id))?.1.updated();
    let mut made = Vec::new();
    for state in deployment::STATES.iter().filter(|state| said_states.contains(state)) {
        let at = start + SignedDuration::from_secs(made.len() as i64 + 1);
        made.push((*state, add(github, id, new_status(state, None, at))?));
    }
    Ok(said_states.iter().filter_map(|state| made.iter().find(|(made, _)| made == state)?.1.clone()).collect())
}

fn deployment_is_of(github: &mut GitHub, said: &Said) -> Done {
    let id = said.count("ID")?;
    let (_, deployment) = github.deployment(id).ok_or_else(|| unknown_deployment(github, id))?;
    if deployment.sha.starts_with(said.text("SHA")) && deployment.environment == said.text("ENVIRONMENT") {
        return Ok(Vec::new());
    }
    Err(format!("deployment {id} is of {} to {}", &deployment.sha[..7], deployment.environment))
}

fn has_deployments(github: &mut GitHub, said: &Said) -> Done {
    match github.deployments.len() as u64 {
        count if count == said.count("COUNT")? => Ok(Vec::new()),
        count => Err(format!("github has {count} deployments")),
    }
}

fn add(github: &mut GitHub, id: u64, status: Status) -> Result<Option<Sending>, String> {
    let status = github.add_status(id, status, true).ok_or_else(|| unknown_deployment(github, id))?;
    Ok(github.status_event(id, &status))
}

/// What was done over the API is told as well, whoever did it.
fn sends_due(github: &mut GitHub, _: &Said) -> Done {
    match std::mem::take(&mut github.due) {
        due if due.is_empty() => Err("github has nothing to send".to_owned()),
        due => Ok(due),
    }
}

fn has_requests_left(github: &mut GitHub, said: &Said) -> Done {
    github.limit.leave(said.count("COUNT")?, said.now);
    Ok(Vec::new())
}

fn new_status(state: &'static str, text: Option<&str>, at: jiff::Timestamp) -> Status {
    let description = text.unwrap_or_default().to_owned();
    Status { id: 0, state, description, log_url: "https://ci.outside/deploy".to_owned(), environment_url: String::new(), at }
}

fn note(github: &mut GitHub, said: &Said, name: &str, state: &'static str, is_run: bool) -> Result<(Repository, Check), String> {
    let repository = known(github, said)?;
    let sha = repository.meant(said.text("SHA"))?;
    commit(&repository, &sha)?;
    let description = said.maybe("TEXT").map(str::to_owned);
    let check = Check { id: 0, repository: repository.id, sha, name: name.to_owned(), state, description, at: said.now, is_run };
    Ok((repository, github.note_check(check)))
}

fn known(github: &GitHub, said: &Said) -> Result<Repository, String> {
    let path = said.text("REPO");
    github.repository(path).cloned().ok_or_else(|| format!("github has no {path}; say first `github {path} has main at 3f2a9c1`"))
}

fn commit_of<'a>(repository: &'a Repository, check: &Check) -> Result<&'a crate::git::Commit, String> {
    commit(repository, &check.sha)
}

fn commit<'a>(repository: &'a Repository, sha: &str) -> Result<&'a crate::git::Commit, String> {
    repository.commit(sha).ok_or_else(|| format!("{} has no commit {}", repository.path, &sha[..7]))
}

fn unknown_deployment(github: &GitHub, id: u64) -> String {
    format!("github has no deployment {id}, only {}", github.deployments.len())
}
