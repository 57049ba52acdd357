//! What lines say of GitLab.

use super::{
    GitLab,
    deployment::{self, Deployment},
    hook, pipeline,
    repository::{self, CommitStatus},
};
use crate::{
    delivery::Sending,
    git::Repository,
    phrase::{Done, Phrase, Said},
};

pub(super) const PHRASES: &[Phrase<GitLab>] = &[
    Phrase { form: "signs its webhooks", deed: signs },
    Phrase { form: "sends its secret", deed: sends_secret },
    Phrase { form: "REPO has BRANCH at SHA [saying TEXT...]", deed: has_branch },
    Phrase { form: "REPO has tag TAG at SHA", deed: has_tag },
    Phrase { form: "REPO pushes BRANCH to SHA [saying TEXT...]", deed: pushes },
    Phrase { form: "REPO deploys SHA to ENVIRONMENT", deed: deploys },
    Phrase { form: "pipeline ID is of SHA with KEY as VALUE", deed: pipeline_is_with },
    Phrase { form: "pipeline ID is of SHA", deed: pipeline_is_of },
    Phrase { form: "pipeline ID is STATUS", deed: pipeline_is },
    Phrase { form: "deployment ID is STATUS", deed: deployment_is },
    Phrase { form: "sends what is due", deed: sends_due },
    Phrase { form: "has COUNT pipelines", deed: has_pipelines },
    Phrase { form: "has COUNT deployments", deed: has_deployments },
    Phrase { form: "REPO JOB is STATUS on SHA", deed: job_is },
];

fn signs(gitlab: &mut GitLab, _: &Said) -> Done {
    gitlab.is_signing = true;
    Ok(Vec::new())
}

fn sends_secret(gitlab: &mut GitLab, _: &Said) -> Done {
    gitlab.is_signing = false;
    Ok(Vec::new())
}

fn has_branch(gitlab: &mut GitLab, said: &Said) -> Done {
    let branch = said.text("BRANCH");
    let project = gitlab.project_mut(said.text("REPO"), branch);
    let sha = project.meant(said.text("SHA"))?;
    project.set_branch(branch, &sha, said.maybe("TEXT"), said.now);
    Ok(Vec::new())
}

fn has_tag(gitlab: &mut GitLab, said: &Said) -> Done {
    let project = gitlab.project_mut(said.text("REPO"), "main");
    let sha = project.meant(said.text("SHA"))?;
    project.set_tag(said.text("TAG"), &sha, said.now);
    Ok(Vec::new())
}

fn pushes(gitlab: &mut GitLab, said: &Said) -> Done {
    let branch = said.text("BRANCH");
    let project = gitlab.project_mut(said.text("REPO"), branch);
    let sha = project.meant(said.text("SHA"))?;
    let before = project.set_branch(branch, &sha, said.maybe("TEXT"), said.now);
    let project = project.clone();
    let head = project.commit(&sha).ok_or("the commit is not there")?;
    let payload = hook::push(&project, branch, before.as_deref(), head);
    Ok(vec![gitlab.event(format!("push of {branch} to {}", said.text("SHA")), "Push Hook", &payload)])
}

fn job_is(gitlab: &mut GitLab, said: &Said) -> Done {
    let status = said.one_of("STATUS", repository::STATUSES)?;
    let project = known(gitlab, said)?;
    let sha = project.resolve(said.text("SHA")).ok_or_else(|| format!("{} has no commit {}", project.path, said.text("SHA")))?.sha.clone();
    let name = said.text("JOB").to_owned();
    gitlab.statuses.retain(|known| (known.project, &known.sha, &known.name) != (project.id, &sha, &name));
    let id = gitlab.next();
    gitlab.statuses.push(CommitStatus { id, project: project.id, sha, name, status, at: said.now });
    Ok(Vec::new())
}

fn pipeline_is(gitlab: &mut GitLab, said: &Said) -> Done {
    let id = said.count("ID")?;
    let status = said.one_of("STATUS", pipeline::STATUSES)?;
    let count = gitlab.pipelines.len();
    let index = gitlab.pipelines.iter().position(|pipeline| pipeline.id == id);
    let index = index.ok_or_else(|| format!("gitlab has no pipeline {id}, only {count}"))?;
    gitlab.pipelines[index].turn(status, said.now);
    Ok(gitlab.pipeline_event(index).into_iter().collect())
}

fn sends_due(gitlab: &mut GitLab, _: &Said) -> Done {
    match std::mem::take(&mut gitlab.due) {
        due if due.is_empty() => Err("gitlab has nothing to send".to_owned()),
        due => Ok(due),
    }
}

fn pipeline_is_of(gitlab: &mut GitLab, said: &Said) -> Done {
    let id = said.count("ID")?;
    let pipeline = gitlab.pipeline_mut(id).ok_or_else(|| format!("gitlab has no pipeline {id}"))?;
    if pipeline.sha.starts_with(said.text("SHA")) { Ok(Vec::new()) } else { Err(format!("pipeline {id} is of {}", &pipeline.sha[..7])) }
}

fn pipeline_is_with(gitlab: &mut GitLab, said: &Said) -> Done {
    pipeline_is_of(gitlab, said)?;
    let id = said.count("ID")?;
    let pipeline = gitlab.pipeline_mut(id).ok_or_else(|| format!("gitlab has no pipeline {id}"))?;
    let known = pipeline.variables.iter().find(|variable| variable.key == said.text("KEY"));
    match known {
        Some(variable) if variable.value == said.text("VALUE") => Ok(Vec::new()),
        Some(variable) => Err(format!("pipeline {id} has {} as {}", variable.key, variable.value)),
        None => Err(format!("pipeline {id} has no {}", said.text("KEY"))),
    }
}

fn deploys(gitlab: &mut GitLab, said: &Said) -> Done {
    let project = known(gitlab, said)?;
    let commit = project.resolve(said.text("SHA")).ok_or_else(|| format!("{} has no commit {}", project.path, said.text("SHA")))?;
    let deployment = Deployment {
        id: gitlab.deployments.len() as u64 + 1,
        project: project.id,
        environment: said.text("ENVIRONMENT").to_owned(),
        sha: commit.sha.clone(),
        reference: project.default_branch.clone(),
        status: "running",
        created: said.now,
        updated: said.now,
    };
    gitlab.deployments.push(deployment.clone());
    Ok(vec![tell(gitlab, &project, &deployment)?])
}

fn deployment_is(gitlab: &mut GitLab, said: &Said) -> Done {
    let id = said.count("ID")?;
    let status = said.one_of("STATUS", deployment::STATUSES)?;
    let count = gitlab.deployments.len();
    let found = gitlab.deployments.iter_mut().find(|deployment| deployment.id == id);
    let deployment = found.ok_or_else(|| format!("gitlab has no deployment {id}, only {count}"))?;
    (deployment.status, deployment.updated) = (status, said.now);
    let deployment = deployment.clone();
    let project = gitlab.by_number(deployment.project).cloned().ok_or("its project is not there")?;
    Ok(vec![tell(gitlab, &project, &deployment)?])
}

fn tell(gitlab: &mut GitLab, project: &Repository, deployment: &Deployment) -> Result<Sending, String> {
    let head = project.commit(&deployment.sha).ok_or("its commit is not there")?;
    let payload = hook::deployment(project, head, deployment);
    Ok(gitlab.event(format!("deployment {} {}", deployment.id, deployment.status), "Deployment Hook", &payload))
}

fn has_pipelines(gitlab: &mut GitLab, said: &Said) -> Done {
    match gitlab.pipelines.len() as u64 {
        count if count == said.count("COUNT")? => Ok(Vec::new()),
        count => Err(format!("gitlab has {count} pipelines")),
    }
}

fn has_deployments(gitlab: &mut GitLab, said: &Said) -> Done {
    match gitlab.deployments.len() as u64 {
        count if count == said.count("COUNT")? => Ok(Vec::new()),
        count => Err(format!("gitlab has {count} deployments")),
    }
}

fn known(gitlab: &GitLab, said: &Said) -> Result<Repository, String> {
    let path = said.text("REPO");
    gitlab.project(path).cloned().ok_or_else(|| format!("gitlab has no {path}; say first `gitlab {path} has main at 3f2a9c1`"))
}
