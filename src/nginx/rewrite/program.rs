//! What the rewrite module does in one block: its directives in order, those in `if` among them.

use super::expression::Expression;
use super::script::Script;
use crate::conf::Directive;

/// A step.
#[derive(Debug)]
pub(super) struct Step<'t> {
    pub(super) action: Action,
    /// The directive as it is written.
    pub(super) line: &'t str,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum Action {
    /// `rewrite`.
    Rewrite(Box<Rewrite>),
    /// A variable gets a value, which is not known where something is made of the texts.
    Set { name: String, texts: Vec<Script>, is_made: bool },
    /// The steps up to another one are skipped where the condition does not hold.
    If { condition: Condition, end: usize },
    /// The rest is skipped.
    Stop,
}

/// The directive `rewrite`.
#[derive(Debug)]
pub(super) struct Rewrite {
    pub(super) pattern: Expression,
    pub(super) target: Script,
    /// Whether the client is sent elsewhere.
    pub(super) is_redirect: bool,
    /// Whether nothing behind it is done.
    pub(super) is_last: bool,
    /// Whether the arguments of the request are kept.
    pub(super) keeps_arguments: bool,
}

impl Rewrite {
    /// Whether nginx may reserve less than it writes, as it guesses the length: groups that stand in each other are escaped each. A
    /// variable in the target makes it compute the length.
    pub(super) fn is_underestimated(&self) -> bool {
        let target = &self.target;
        let is_escaped = self.is_redirect || target.has_arguments();
        is_escaped && target.is_guessed() && target.captures().nth(1).is_some() && self.pattern.has_nested_groups()
    }
}

/// The condition of an `if`.
#[derive(Debug)]
pub(super) enum Condition {
    /// A variable is a text, or is not.
    Equal { name: String, text: Script, is_negated: bool },
    /// A variable fits an expression, or does not.
    Fits { name: String, pattern: Box<Expression>, is_negated: bool },
    /// A variable is set.
    Holds(String),
    /// A file is there.
    File(Script),
}

/// The steps of a block.
pub(super) fn steps<'t>(directives: &[Directive<'t>]) -> Vec<Step<'t>> {
    let mut steps = Vec::new();
    add(directives.iter().copied(), &mut steps);
    steps
}

fn add<'t>(directives: impl Iterator<Item = Directive<'t>>, steps: &mut Vec<Step<'t>>) {
    for directive in directives {
        let name = directive.name();
        let Some(action) = action(&name, directive) else { continue };
        let at = steps.len();
        steps.push(Step { action, line: directive.head_text() });
        if name == "if" {
            add(directive.directives(), steps);
            let behind = steps.len();
            if let Action::If { end, .. } = &mut steps[at].action {
                *end = behind;
            }
        }
    }
}

fn action(name: &str, directive: Directive) -> Option<Action> {
    if !(name == "rewrite" || name == "if" || name == "break" || name == "return" || name.starts_with("set")) {
        return None;
    }
    let args: Vec<String> = directive.args().map(|arg| arg.value().into_owned()).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match (name, args.as_slice()) {
        ("rewrite", [pattern, target, flags @ ..]) => Some(Action::Rewrite(Box::new(rewrite(pattern, target, flags.first().copied())))),
        ("break" | "return", _) => Some(Action::Stop),
        ("if", words) => condition(words).map(|condition| Action::If { condition, end: 0 }),
        ("set", [variable, text]) => Some(set(variable, &[text], false)),
        (_, [variable, texts @ ..]) if variable.starts_with('$') => Some(set(variable, texts, true)),
        _ => None,
    }
}

fn set(variable: &str, texts: &[&str], is_made: bool) -> Action {
    let texts = texts.iter().map(|text| Script::new(text, false)).collect();
    Action::Set { name: variable.trim_start_matches('$').to_owned(), texts, is_made }
}

pub(super) fn rewrite(pattern: &str, target: &str, flag: Option<&str>) -> Rewrite {
    let (text, keeps_arguments) = target.strip_suffix('?').map_or((target, true), |text| (text, false));
    let leads_elsewhere = ["http://", "https://", "$scheme"].iter().any(|start| text.starts_with(start));
    let is_redirect = leads_elsewhere || matches!(flag, Some("redirect" | "permanent"));
    Rewrite {
        pattern: Expression::new(pattern, false),
        target: Script::new(text, !is_redirect),
        is_redirect,
        is_last: is_redirect || flag.is_some(),
        keeps_arguments,
    }
}

/// The words between the parentheses of an `if`.
fn condition(words: &[&str]) -> Option<Condition> {
    let mut words: Vec<&str> = words.to_vec();
    let first = words.first_mut()?;
    *first = first.strip_prefix('(')?;
    let last = words.last_mut()?;
    *last = last.strip_suffix(')')?;
    words.retain({
        let (mut at, count) = (0, words.len());
        move |word| {
            at += 1;
            !(word.is_empty() && (at == 1 || at == count))
        }
    });
    let name = |word: &str| word.strip_prefix('$').map(str::to_owned);
    match words.as_slice() {
        [variable] => Some(Condition::Holds(name(variable)?)),
        [test, file] if test.trim_start_matches('!').starts_with('-') => Some(Condition::File(Script::new(file, false))),
        [variable, operator @ ("=" | "!="), text] => {
            Some(Condition::Equal { name: name(variable)?, text: Script::new(text, false), is_negated: *operator == "!=" })
        }
        [variable, operator @ ("~" | "~*" | "!~" | "!~*"), pattern] => Some(Condition::Fits {
            name: name(variable)?,
            pattern: Box::new(Expression::new(pattern, operator.ends_with('*'))),
            is_negated: operator.starts_with('!'),
        }),
        _ => None,
    }
}
