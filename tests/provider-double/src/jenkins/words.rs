//! What lines say of Jenkins.

use std::collections::BTreeMap;

use super::{
    Jenkins,
    build::{Fate, Job, RESULTS},
};
use crate::phrase::{Done, Phrase, Said};

pub(super) const PHRASES: &[Phrase<Jenkins>] = &[
    Phrase { form: "shows its password", deed: shows_password },
    Phrase { form: "shows a bearer", deed: shows_bearer },
    Phrase { form: "has job JOB [with PARAMETERS...]", deed: has_job },
    Phrase { form: "queues item ID", deed: queues },
    Phrase { form: "starts item ID", deed: starts },
    Phrase { form: "drops item ID", deed: drops },
    Phrase { form: "build NUMBER of JOB is RESULT", deed: build_is },
    Phrase { form: "build NUMBER of JOB has NAME as VALUE", deed: build_has },
    Phrase { form: "item ID has NAME as VALUE", deed: item_has },
    Phrase { form: "has COUNT items", deed: has_items },
    Phrase { form: "has COUNT builds of JOB", deed: has_builds },
];

fn shows_password(jenkins: &mut Jenkins, _: &Said) -> Done {
    jenkins.is_basic = true;
    Ok(Vec::new())
}

fn shows_bearer(jenkins: &mut Jenkins, _: &Said) -> Done {
    jenkins.is_basic = false;
    Ok(Vec::new())
}

/// Parameters are `NAME` or `NAME=default`.
fn has_job(jenkins: &mut Jenkins, said: &Said) -> Done {
    let name = said.text("JOB").to_owned();
    let parameters = said.maybe("PARAMETERS").unwrap_or_default().split([',', ' ']).filter(|parameter| !parameter.is_empty());
    let parameters = parameters.map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")));
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    jenkins.jobs.retain(|job| job.name != name);
    jenkins.jobs.push(Job { name, parameters });
    Ok(Vec::new())
}

fn queues(jenkins: &mut Jenkins, said: &Said) -> Done {
    let item = item(jenkins, said)?.clone();
    Ok(vec![jenkins.queued(&item)])
}

fn starts(jenkins: &mut Jenkins, said: &Said) -> Done {
    let build = jenkins.start(said.count("ID")?, said.now)?;
    Ok(vec![jenkins.notification(&build, "STARTED", said.now.as_millisecond())])
}

fn drops(jenkins: &mut Jenkins, said: &Said) -> Done {
    let item = item(jenkins, said)?;
    if item.fate != Fate::Waiting {
        return Err(format!("queue item {} does not wait any more", item.id));
    }
    jenkins.settle(said.count("ID")?, Fate::Cancelled);
    Ok(Vec::new())
}

fn build_is(jenkins: &mut Jenkins, said: &Said) -> Done {
    let result = said.one_of("RESULT", RESULTS)?;
    let build = jenkins.end(said.text("JOB"), said.count("NUMBER")?, result, said.now)?;
    let at = said.now.as_millisecond();
    Ok(vec![jenkins.notification(&build, "COMPLETED", at), jenkins.notification(&build, "FINALIZED", at)])
}

fn build_has(jenkins: &mut Jenkins, said: &Said) -> Done {
    let (job, number) = (said.text("JOB"), said.count("NUMBER")?);
    let build = jenkins.build(job, number).ok_or_else(|| format!("jenkins has no build {number} of {job}"))?;
    has(&build.parameters, said)
}

fn item_has(jenkins: &mut Jenkins, said: &Said) -> Done {
    has(&item(jenkins, said)?.parameters, said)
}

fn has(parameters: &BTreeMap<String, String>, said: &Said) -> Done {
    match parameters.get(said.text("NAME")) {
        Some(value) if value == said.text("VALUE") => Ok(Vec::new()),
        Some(value) => Err(format!("{} is {value}", said.text("NAME"))),
        None => Err(format!("it takes no {}", said.text("NAME"))),
    }
}

fn has_items(jenkins: &mut Jenkins, said: &Said) -> Done {
    match jenkins.queue.len() as u64 {
        count if count == said.count("COUNT")? => Ok(Vec::new()),
        count => Err(format!("{count} items were put into jenkins's queue")),
    }
}

fn has_builds(jenkins: &mut Jenkins, said: &Said) -> Done {
    match jenkins.builds.iter().filter(|build| build.job == said.text("JOB")).count() as u64 {
        count if count == said.count("COUNT")? => Ok(Vec::new()),
        count => Err(format!("jenkins has {count} builds of {}", said.text("JOB"))),
    }
}

fn item<'a>(jenkins: &'a Jenkins, said: &Said) -> Result<&'a super::build::Item, String> {
    let id = said.count("ID")?;
    jenkins.queue.iter().find(|item| item.id == id).ok_or_else(|| format!("jenkins has no queue item {id}, only {}", jenkins.queue.len()))
}
