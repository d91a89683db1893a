//! The web application firewall.

use std::collections::BTreeSet;

use super::Judgement;
use super::lines::{first, lines};
use super::route::Route;
use super::shift::Shift;
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// What it does with a request that breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Off,
    Reports,
    Blocks,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Firewall {
    is_on: bool,
    /// None where a file decides that is not in the configuration.
    mode: Option<Mode>,
    files: BTreeSet<String>,
    rules: Vec<String>,
}

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let ((old, old_lines), (new, new_lines)) = (read(before), read(after));
    let protects = |firewall: &Firewall| firewall.is_on && firewall.mode != Some(Mode::Off);
    let (was, is) = (protects(&old), protects(&new));
    if old == new || !was && !is {
        return Vec::new();
    }
    let (shift, message) = match (was, is) {
        (true, false) => (Shift::OPENS, String::from("web application firewall switched off")),
        (false, true) => (Shift::CLOSES, String::from("web application firewall switched on")),
        _ => between(&old, &new),
    };
    vec![Judgement::new("firewall", shift.verdict(was, is), message, [old_lines, new_lines])]
}

fn between(old: &Firewall, new: &Firewall) -> (Shift, String) {
    let modes = match (old.mode, new.mode) {
        (Some(old), Some(new)) => Shift::falling(&old, &new),
        (old, new) => Shift::unranked(&old, &new),
    };
    let rules = Shift::refused(&old.files, &new.files).and(Shift::unranked(&old.rules, &new.rules));
    if modes == Shift::SAME {
        return (rules, String::from("rules of the web application firewall changed"));
    }
    let word = |mode: Option<Mode>| match mode {
        Some(Mode::Off) => "off",
        Some(Mode::Reports) => "detection only",
        Some(Mode::Blocks) => "blocking",
        None => "what its file says",
    };
    // The line that sets the mode is a rule among others: it says nothing more.
    let others = |firewall: &Firewall| firewall.rules.iter().filter(|rule| !rule.starts_with("SecRuleEngine")).cloned().collect::<Vec<_>>();
    let rest = Shift::refused(&old.files, &new.files).and(Shift::unranked(&others(old), &others(new)));
    (modes.and(rest), format!("web application firewall changed from {} to {}", word(old.mode), word(new.mode)))
}

fn read(route: &Route<'_, '_>) -> (Firewall, Vec<Span>) {
    // Rules of the levels around are taken over, before a block's own.
    let texts = route.all("modsecurity_rules");
    let files = route.all("modsecurity_rules_file");
    let switch = route.last("modsecurity");
    let value = |directive: &Directive<'_>| first(*directive).map(std::borrow::Cow::into_owned);
    let text = |directive: &Directive<'_>| directive.args().map(Arg::value).collect::<Vec<_>>().join(" ");
    let rules: Vec<String> =
        texts.iter().flat_map(|directive| text(directive).lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()).collect();
    let rules: Vec<String> = rules.into_iter().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mode = rules.iter().rev().find_map(|line| match line.strip_prefix("SecRuleEngine")?.trim().to_ascii_lowercase().as_str() {
        "on" => Some(Mode::Blocks),
        "off" => Some(Mode::Off),
        "detectiononly" => Some(Mode::Reports),
        _ => None,
    });
    let is_on = switch.as_ref().and_then(value).is_some_and(|word| word == "on");
    let firewall = Firewall { is_on, mode, files: files.iter().filter_map(value).collect(), rules };
    (firewall, lines(switch.into_iter().chain(texts).chain(files)))
}
