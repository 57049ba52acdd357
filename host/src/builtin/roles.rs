//! The roles of people, for administrators: who has which, giving and taking them.

use super::{Answered, Asked, Refusal, for_admins, markdown, sentence};
use crate::ledger::Result;
use crate::model::Decision;
use crate::nearest::nearest;
use crate::permissions::{How, Member, RoleName};
use crate::texts;
use hatstand_common::declaration::{Command, Kind};
use hatstand_common::grammar::quote;
use hatstand_common::message::{Message, Span};
use hatstand_common::value::PersonId;

pub const LIST: &str = "roles";
pub const OF: &str = "roles-of";
pub const ADD: &str = "roles-add";
pub const REMOVE: &str = "roles-remove";

const WHO: &str = "who";
const ROLE: &str = "role";

pub fn commands() -> Vec<Command> {
    let (who, role) = ((WHO, Kind::Person), (ROLE, Kind::Text));
    vec![
        for_admins(LIST, "roles", &[], "List who has which role, and who gave it."),
        for_admins(OF, "roles of <who>", std::slice::from_ref(&who), "List the roles of one person."),
        for_admins(
            ADD,
            "roles add <who> <role>",
            &[who.clone(), role.clone()],
            "Give somebody a role. `admins` is that of administrators.",
        ),
        for_admins(REMOVE, "roles remove <who> <role>", &[who, role], "Take a role from somebody."),
    ]
}

pub async fn list(asked: &Asked<'_>) -> Result<Answered> {
    let members = members(asked).await?;
    let mut text = Vec::new();
    for of_one_role in members.chunk_by(|one, other| one.role == other.role) {
        text.push(markdown(format!("\n*{}* – ", of_one_role[0].role)));
        text.extend(listed(of_one_role.iter().map(|member| [vec![member.person.name()], given(&member.given)].concat())));
    }
    if let Some(Span::Markdown(first)) = text.first_mut() {
        *first = first.trim_start().to_owned();
    }
    Ok(Answered::tells(if text.is_empty() { texts::markdown("Nobody has a role.") } else { sentence(text) }))
}

pub async fn of(asked: &Asked<'_>) -> Result<Answered> {
    let who = asked.whom(WHO);
    let members: Vec<Member> = members(asked).await?.into_iter().filter(|member| member.person == who).collect();
    let roles = listed(members.iter().map(|member| [vec![markdown(format!("`{}`", member.role))], given(&member.given)].concat()));
    let roles = if members.is_empty() { vec![markdown("no role")] } else { roles };
    Ok(Answered::tells(about(&who, [vec![markdown(" has ")], roles, vec![markdown(".")]].concat())))
}

pub async fn add(asked: &Asked<'_>) -> Result<Answered> {
    let who = asked.whom(WHO);
    let role = match role(asked) {
        Ok(role) => role,
        Err(refusal) => return Ok(refusal.into()),
    };
    let members = members(asked).await?;
    if members.iter().any(|member| member.person == who && member.role == role) {
        let already = format!(" has the role `{role}` already. Nothing was changed.");
        return Ok(Refusal::new("unchanged", about(&who, [markdown(already)])).into());
    }
    let hint = unused(asked, &role, &members);
    let (detail, said) = (format!("{role} {who}"), about(&who, [markdown(format!(" has the role `{role}` from now on.{hint}"))]));
    Ok(Answered::decides("given", Decision::GiveRole { role, person: who }, detail, said))
}

pub async fn remove(asked: &Asked<'_>) -> Result<Answered> {
    let who = asked.whom(WHO);
    let role = match role(asked) {
        Ok(role) => role,
        Err(refusal) => return Ok(refusal.into()),
    };
    let given = members(asked).await?.into_iter().find(|member| member.person == who && member.role == role).map(|member| member.given);
    let refused = |outcome, why: String| Ok(Refusal::new(outcome, about(&who, [markdown(format!("{why} Nothing was changed."))])).into());
    match given {
        None => refused("unchanged", format!(" does not have the role `{role}`.")),
        Some(How::InFile) => {
            refused("in-file", format!(" has the role `{role}` by hatstand.toml: only the operator can take it away, there."))
        }
        Some(How::ByService) => refused("by-service", " is an administrator by the chat itself: that is changed there.".to_owned()),
        Some(How::InChat { .. }) => {
            let said = about(&who, [markdown(format!(" does not have the role `{role}` any more."))]);
            let detail = format!("{role} {who}");
            Ok(Answered::decides("taken", Decision::TakeRole { role, person: who }, detail, said))
        }
    }
}

/// Everybody who has a role, by role; administrators also those that the chat itself makes so.
async fn members(asked: &Asked<'_>) -> Result<Vec<Member>> {
    asked.host.directory.with_roles(asked.workspace).await
}

fn role(asked: &Asked<'_>) -> std::result::Result<RoleName, Refusal> {
    let typed = asked.text(ROLE);
    let role = RoleName::parse(&typed.to_lowercase()).and_then(|role| role.check_giving().map(|()| role));
    role.map_err(|why| Refusal::new("bad-role", texts::markdown(format!("{} cannot be given: {why}. Nothing was changed.", quote(typed)))))
}

/// A role that no rule is about is often one that was spelt wrongly.
fn unused(asked: &Asked<'_>, role: &RoleName, members: &[Member]) -> String {
    let named: Vec<&RoleName> = asked.host.permissions.named().collect();
    if *role == RoleName::admins() || named.contains(&role) {
        return String::new();
    }
    let known = named.into_iter().chain(members.iter().map(|member| &member.role)).filter(|known| *known != role);
    let rather = nearest(role.as_str(), known.map(RoleName::as_str)).map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    format!(" No rule in hatstand.toml is about it yet.{rather}")
}

fn about(who: &PersonId, text: impl IntoIterator<Item = Span>) -> Message {
    sentence(std::iter::once(who.name()).chain(text))
}

fn given(how: &How) -> Vec<Span> {
    match how {
        How::InFile => vec![markdown(" (hatstand.toml)")],
        How::ByService => vec![markdown(" (by the chat itself)")],
        How::InChat { by: None, at } => vec![markdown(" ("), Span::Time(*at), markdown(")")],
        How::InChat { by: Some(by), at } => vec![markdown(" (by "), by.name(), markdown(", "), Span::Time(*at), markdown(")")],
    }
}

fn listed(things: impl Iterator<Item = Vec<Span>>) -> Vec<Span> {
    let with_comma = things.enumerate().map(|(number, thing)| {
        let comma = (number > 0).then(|| markdown(", "));
        comma.into_iter().chain(thing).collect::<Vec<_>>()
    });
    with_comma.flatten().collect()
}
