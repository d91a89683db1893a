//! The rewrite phase, instruction by instruction.
//!
//! Source: `ngx_http_script.c`.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Run, Stop};
use crate::nginx::Pattern;
use crate::route::model::{Condition, Instruction, Replacement, Step, Test};
use crate::route::target::unescape_redirect;
use crate::route::text::{Template, Value};
use crate::source::Span;

/// Whether the instructions behind are passed over.
type Flow<'c> = Result<ControlFlow<()>, Stop<'c>>;

impl<'c> Run<'c, '_> {
    /// Runs the instructions of a server or of a location.
    pub(super) fn rewrite(&mut self, steps: &'c [Step]) -> Result<(), Stop<'c>> {
        self.quotes = true;
        self.steps(steps).map(|_| ())
    }

    fn steps(&mut self, steps: &'c [Step]) -> Flow<'c> {
        for step in steps {
            if self.instruction(step)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn instruction(&mut self, step: &'c Step) -> Flow<'c> {
        match &step.instruction {
            Instruction::Set { variable, value } => {
                let value = self.script(value).0;
                self.set(*variable, value);
            }
            Instruction::If { test, then, level } => {
                if !self.holds(test) {
                    return Ok(ControlFlow::Continue(()));
                }
                self.step(|| format!("`if ({})` applies", test.text), Some(step.at));
                if let Some(level) = level {
                    self.level = level;
                }
                return self.steps(then);
            }
            Instruction::Rewrite { pattern, replacement, names } => return self.replace(pattern, replacement, names, step.at),
            Instruction::Return { status, text } => return Err(self.returned(*status, text.as_ref(), step.at)),
            Instruction::Break => {
                self.is_changed = false;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn returned(&mut self, status: u16, text: Option<&'c Template>, at: Span) -> Stop<'c> {
        match status {
            444 => self.step("the connection is closed", Some(at)),
            _ => self.step(|| format!("it is answered with {status}"), Some(at)),
        }
        match (status, text) {
            (301 | 302 | 303 | 307 | 308, Some(text)) => {
                let to = self.shown(|run| run.text(text));
                Stop::Redirect(status, to, Some(at))
            }
            (_, None) if status >= 300 => Stop::Status(status, Some(at)),
            _ => Stop::Answer(status, Some(at)),
        }
    }

    fn replace(&mut self, pattern: &Result<Arc<Pattern>, String>, to: &'c Replacement, names: &'c [(usize, usize)], at: Span) -> Flow<'c> {
        let pattern = match pattern {
            Ok(pattern) => pattern,
            Err(why) => {
                let fits = format!("the path fits a regular expression ({why})");
                self.look(|looks| looks.guesses = true);
                if self.oracle.choose(&[&format!("not: {fits}"), &fits]) == 1 {
                    self.not_known("what `rewrite` makes of the path");
                    return Err(Stop::Done);
                }
                return Ok(ControlFlow::Continue(()));
            }
        };
        let Some(groups) = pattern.groups(&self.path) else {
            self.groups.clear();
            return Ok(ControlFlow::Continue(()));
        };
        self.found(groups, names);
        if let Some(status) = to.redirect {
            return Err(self.redirected(status, to, at));
        }
        self.is_internal = true;
        self.is_unchanged = false;
        if to.stays {
            self.is_placed = false;
            self.is_changed = false;
        } else {
            self.is_changed = true;
        }
        self.quotes = false;
        let (text, args) = self.script(&to.text);
        let Value::Known(text) = text else {
            self.not_known("the path that `rewrite` writes");
            self.step("the path is rewritten to something that is not known", Some(at));
            return Err(Stop::Done);
        };
        let mut text = text.into_owned();
        if let Some(start) = args {
            let mut own = text.split_off(start);
            if to.keeps_args && !self.args.is_empty() {
                own.push(b'&');
                own.extend(&self.args);
            }
            self.args = own;
        } else if !to.keeps_args {
            self.args.clear();
        }
        if text.is_empty() {
            self.step("the path is rewritten to nothing", Some(at));
            return Err(Stop::Status(500, Some(at)));
        }
        self.path = text;
        if self.is_told {
            self.step(format!("the path becomes `{}`", String::from_utf8_lossy(&self.path)), Some(at));
        }
        Ok(if to.is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn redirected(&mut self, status: u16, to: &'c Replacement, at: Span) -> Stop<'c> {
        self.quotes = true;
        let text = self.shown(|run| run.script(&to.text).0);
        self.quotes = false;
        let to = match text {
            Value::Known(text) => {
                let mut text = unescape_redirect(&text);
                if to.keeps_args && !self.args.is_empty() {
                    text.push(if to.has_args { b'&' } else { b'?' });
                    text.extend(&self.args);
                }
                Value::made(text)
            }
            unknown @ Value::Unknown(_) => unknown,
        };
        self.step(|| format!("`rewrite` redirects it with {status}"), Some(at));
        Stop::Redirect(status, to, Some(at))
    }

    /// Whether a condition holds; what depends is asked of the oracle.
    fn holds(&mut self, test: &'c Test) -> bool {
        let known = match &test.condition {
            Condition::True(variable) => {
                let value = self.text(variable);
                value.is_true().ok_or_else(|| test.text.clone())
            }
            Condition::Equal { left, right, is_not } => {
                let (left, right) = (self.text(left), self.script(right).0);
                match (left, right) {
                    (Value::Known(left), Value::Known(right)) => Ok((left == right) != *is_not),
                    (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Err(test.text.clone()),
                }
            }
            Condition::Fits { left, pattern, names, is_not } => {
                self.fits(left, pattern, names).map(|fits| fits != *is_not).ok_or_else(|| test.text.clone())
            }
            Condition::File | Condition::Opaque => Err(test.text.clone()),
        };
        match known {
            Ok(holds) => holds,
            Err(text) => {
                self.look(|looks| looks.guesses = true);
                self.oracle.choose(&[&format!("not: {text}"), &text]) == 1
            }
        }
    }

    fn fits(&mut self, left: &'c Template, pattern: &Result<Arc<Pattern>, String>, names: &'c [(usize, usize)]) -> Option<bool> {
        let text = self.text(left);
        let (text, pattern) = (text.known()?, pattern.as_ref().ok()?);
        match pattern.groups(text) {
            Some(groups) => {
                self.found(groups, names);
                Some(true)
            }
            None => {
                self.groups.clear();
                Some(false)
            }
        }
    }
}
