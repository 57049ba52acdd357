//! Is there every secret that the world outside asks for, and can webhooks come in?

use super::http::listening;
use super::ledger::Holder;
use crate::config::Config;
use crate::secrets::Environment;
use crate::setup::Finding;

const AREA: &str = "outside";
const FIX: &str = "correct it in the configuration, or give the secret as the variable of that name, or as a file that NAME_FILE names";

pub fn findings(config: &Config, environment: &Environment, holder: Holder) -> Vec<Finding> {
    let mut findings = match config.outside(environment) {
        Ok(outside) if outside.terms.is_empty() && outside.hooks.is_empty() => Vec::new(),
        Ok(_) => vec![Finding::ok(AREA, "every secret for requests and webhooks is there")],
        Err(problems) => problems.into_iter().map(|problem| Finding::failure(AREA, problem, FIX)).collect(),
    };
    findings.extend(config.private_numbers().map(|(plugin, destination)| {
        Finding::warning(
            AREA,
            format!("{plugin} may send to {destination}, which is no public address, and is refused there"),
            format!("private = true under [plugins.{plugin}.http.\"{destination}\"] in the configuration, if it is meant"),
        )
    }));
    let takes = config.plugins.values().any(|plugin| !plugin.webhooks.is_empty());
    match config.webhooks.listen {
        Some(address) => findings.push(listening(AREA, "[webhooks] listen", address, holder)),
        None if takes => findings.push(Finding::warning(
            AREA,
            "webhooks are configured, but nobody listens for them",
            "set [webhooks] listen, and let a proxy with TLS pass /hooks on",
        )),
        None => {}
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Mark;

    fn marks(text: &str) -> Vec<Mark> {
        let config = Config::parse("hatstand.toml", text).expect("it is right");
        let environment = Environment::from_iter([("SECRET", "canary")]);
        findings(&config, &environment, Holder::Nobody).into_iter().map(|finding| finding.mark).collect()
    }

    #[test]
    fn names_a_private_address_that_is_granted_but_not_said_to_be_one() {
        let granted = "[plugins.a]\ngrants = [\"http:http://2130706433:81\", \"http:https://1.1.1.1\", \"http:http://localhost\"]\n";
        let config = Config::parse("hatstand.toml", granted).expect("it is right");
        let found = findings(&config, &Environment::default(), Holder::Nobody);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].text.contains("http://127.0.0.1:81") && found[0].mark == Mark::Warning, "{found:?}");
        assert_eq!(marks(&format!("{granted}[plugins.a.http.\"http://127.1:81\"]\nprivate = true")), [Mark::Ok]);
    }

    #[test]
    fn says_what_is_missing() {
        let hook = |secret: &str| format!("[plugins.a.webhooks.w]\nsignature = \"github\"\nsecret = \"{secret}\"\n");
        assert_eq!(marks(""), []);
        assert_eq!(marks(&hook("{SECRET}")), [Mark::Ok, Mark::Warning], "nobody listens");
        assert_eq!(marks(&format!("{}[webhooks]\nlisten = 0", hook("{SECRET}"))), [Mark::Ok, Mark::Ok]);
        assert_eq!(marks(&hook("{OTHER}")), [Mark::Failure, Mark::Warning]);
    }
}
