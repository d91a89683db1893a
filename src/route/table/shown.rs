//! Texts with variables, as they are written.

use crate::route::model::Variables;
use crate::route::text::{Part, Template, Variable};

/// A text with the names of its variables.
pub(super) fn shown(template: &Template, variables: &Variables) -> String {
    let mut out = String::new();
    for part in &template.0 {
        match part {
            Part::Literal(text) => out.push_str(&String::from_utf8_lossy(text)),
            Part::Group(at) => out.push_str(&format!("${at}")),
            Part::Arguments => out.push('?'),
            Part::Variable(variable) => {
                out.push('$');
                match variable {
                    Variable::Own(place) => out.push_str(variables.all.get(*place).map_or("", |(name, _)| name)),
                    Variable::Builtin(name) => out.push_str(name),
                    Variable::Header(name) => out.push_str(&format!("http_{name}")),
                    Variable::Argument(name) => out.push_str(&format!("arg_{name}")),
                    Variable::Cookie(name) => out.push_str(&format!("cookie_{name}")),
                }
            }
        }
    }
    out
}
