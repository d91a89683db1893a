//! The rewrite phase: `set`, `if`, `rewrite`, `return`, `break`, and what modules add to it.

use std::sync::Arc;

use super::include::Lines;
use super::level;
use super::lua;
use super::values::{Names, first, nth};
use crate::conf::{Arg, Directive};
use crate::nginx::Pattern;
use crate::route::model::{Condition, Instruction, Level, Replacement, Step, Test};
use crate::route::text::{Part, Template, Variable};

/// Schemes that make a redirect of what `rewrite` and `return` write.
const SCHEMES: [&str; 3] = ["http://", "https://", "$scheme"];

/// The instructions of a block, in order. `around` is what holds where `if` stands in a location.
pub(super) fn steps<'t>(lines: Lines<'t>, directives: &[Directive<'t>], names: Names<'_>, around: Option<&Level>) -> Arc<[Step]> {
    directives.iter().filter_map(|directive| step(lines, *directive, names, around)).collect()
}

fn step<'t>(lines: Lines<'t>, directive: Directive<'t>, names: Names<'_>, around: Option<&Level>) -> Option<Step> {
    let name = directive.name();
    let instruction = match &*name {
        "set" => Instruction::Set { variable: place(names, directive)?, value: names.template(&nth(directive, 1)) },
        "if" => {
            let inside = lines.of(directive);
            let level = around.map(|around| Arc::new(level::under(around, &inside, names, true)));
            let then = steps(lines, &inside, names, around);
            Instruction::If { test: test(directive, names), then, level }
        }
        "rewrite" => rewrite(directive, names),
        "return" => returns(directive, names),
        "break" => Instruction::Break,
        "set_by_lua_file" | "set_by_lua_block" | "set_by_lua" => set_by_lua(directive, names)?,
        "set_escape_uri" => {
            let value = Template(vec![Part::Variable(Variable::Builtin("escaped".into()))]);
            Instruction::Set { variable: place(names, directive)?, value }
        }
        _ if name.starts_with("set_") && !matches!(&*name, "set_real_ip_from") => {
            let value = Template(vec![Part::Variable(Variable::Builtin(name.as_ref().into()))]);
            Instruction::Set { variable: place(names, directive)?, value }
        }
        _ => return None,
    };
    Some(Step { instruction, at: directive.head_span() })
}

fn place(names: Names<'_>, directive: Directive<'_>) -> Option<usize> {
    match names.variable(first(directive).strip_prefix('$')?) {
        Variable::Own(place) => Some(place),
        Variable::Builtin(_) | Variable::Header(_) | Variable::Argument(_) | Variable::Cookie(_) => None,
    }
}

fn rewrite(directive: Directive<'_>, names: Names<'_>) -> Instruction {
    let (text, flag) = (nth(directive, 1), nth(directive, 2));
    let without = text.strip_suffix('?');
    let keeps_args = without.is_none();
    let text = without.unwrap_or(&text);
    let is_address = SCHEMES.iter().any(|scheme| text.starts_with(scheme));
    let redirect = match flag.as_str() {
        "permanent" => Some(301),
        "redirect" => Some(302),
        _ if is_address => Some(302),
        _ => None,
    };
    let pattern = Pattern::new(&first(directive), false);
    let groups = names.groups(&pattern);
    let replacement = Replacement {
        text: if redirect.is_some() { names.template(text) } else { names.replacement(text) },
        redirect,
        keeps_args,
        has_args: text.contains('?'),
        is_last: is_address || matches!(flag.as_str(), "last" | "break" | "redirect" | "permanent"),
        stays: flag == "break",
    };
    Instruction::Rewrite { pattern: pattern.map(Arc::new), replacement, names: groups }
}

fn returns(directive: Directive<'_>, names: Names<'_>) -> Instruction {
    let (status, text) = (first(directive), directive.args().nth(1).map(Arg::value));
    match status.parse::<u16>() {
        Ok(status) => Instruction::Return { status, text: text.map(|text| names.template(&text)) },
        Err(_) => Instruction::Return { status: 302, text: Some(names.template(&status)) },
    }
}

/// The controller's code for the other name of a host writes the address of the redirect.
fn set_by_lua(directive: Directive<'_>, names: Names<'_>) -> Option<Instruction> {
    let host = match directive.lua() {
        None if lua::file(directive) == "ngx_srv_redirect.lua" => Some(nth(directive, 2)),
        Some(code) if code.contains("redirectScheme") => {
            code.split("string.format(\"%s://%s:%s%s\"").nth(1).and_then(|rest| rest.split('"').nth(1)).map(str::to_owned)
        }
        _ => None,
    };
    let name = host.map_or_else(|| String::from("lua"), |host| format!("www_redirect {host}"));
    let value = Template(vec![Part::Variable(Variable::Builtin(name.into()))]);
    Some(Instruction::Set { variable: place(names, directive)?, value })
}

/// The condition of an `if`, in its parentheses.
fn test(directive: Directive<'_>, names: Names<'_>) -> Test {
    let mut words: Vec<String> = directive.args().map(|arg| arg.value().into_owned()).collect();
    match words.first_mut() {
        Some(first) if first == "(" => drop(words.remove(0)),
        Some(first) => *first = first.strip_prefix('(').unwrap_or(first).to_owned(),
        None => {}
    }
    match words.last_mut() {
        Some(last) if last == ")" => drop(words.pop()),
        Some(last) => *last = last.strip_suffix(')').unwrap_or(last).to_owned(),
        None => {}
    }
    let text = words.join(" ");
    let condition = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [variable] if variable.starts_with('$') => Condition::True(names.template(variable)),
        [variable, sign @ ("=" | "!="), value] => {
            Condition::Equal { left: names.template(variable), right: names.template(value), is_not: *sign == "!=" }
        }
        [variable, sign @ ("~" | "~*" | "!~" | "!~*"), pattern] => {
            let pattern = Pattern::new(pattern, sign.ends_with('*'));
            let groups = names.groups(&pattern);
            Condition::Fits { left: names.template(variable), pattern: pattern.map(Arc::new), names: groups, is_not: sign.starts_with('!') }
        }
        [sign, _] if sign.trim_start_matches('!').starts_with('-') => Condition::File,
        _ => Condition::Opaque,
    };
    Test { condition, text }
}
