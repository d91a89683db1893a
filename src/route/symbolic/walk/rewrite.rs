//! The rewrite phase.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{Groups, Stop, Walk};
use crate::nginx::Pattern;
use crate::route::model::{Condition, Instruction, Replacement, Step};
use crate::route::symbolic::term::{Op, Term};
use crate::route::symbolic::test::Test;
use crate::route::text::Template;

type Flow = Result<ControlFlow<()>, Stop>;

impl Walk<'_, '_, '_, '_> {
    pub(super) fn rewrite(&mut self, steps: &[Step]) -> Result<(), Stop> {
        self.quotes = true;
        self.steps(steps).map(|_| ())
    }

    fn steps(&mut self, steps: &[Step]) -> Flow {
        for step in steps {
            if self.instruction(step)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn instruction(&mut self, step: &Step) -> Flow {
        match &step.instruction {
            Instruction::Set { variable, value } => {
                let value = self.set_value(value, step);
                self.set(*variable, value);
            }
            Instruction::If { test, then, level } => {
                if !self.condition(&test.condition, &test.text) {
                    return Ok(ControlFlow::Continue(()));
                }
                if let Some(level) = level {
                    self.level = Arc::clone(level);
                }
                return self.steps(then);
            }
            Instruction::Rewrite { pattern: Ok(pattern), replacement, names } => return self.replace(pattern, replacement, names),
            Instruction::Rewrite { pattern: Err(why), .. } => {
                let text = self.text_at(step.at);
                let question = format!("{:?} fits {text}", self.path);
                if self.assumed.choose(question, 2) == 1 {
                    return Err(Self::beyond(format!("`rewrite`: {why} {text} {:?}", self.path)));
                }
            }
            Instruction::Return { status, text } => return Err(self.returned(*status, text.as_ref())),
            Instruction::Break => {
                self.is_changed = false;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// What `set` writes; code whose text the model does not hold counts as it is written.
    fn set_value(&mut self, value: &Template, step: &Step) -> Term {
        use crate::route::text::{Part, Variable};
        if let [Part::Variable(Variable::Builtin(name))] = value.0.as_slice()
            && (&**name == "lua" || name.starts_with("set_"))
        {
            return Term::outside(self.text_at(step.at));
        }
        self.script(value).0
    }

    fn returned(&mut self, status: u16, text: Option<&Template>) -> Stop {
        match (status, text) {
            (301 | 302 | 303 | 307 | 308, Some(text)) => {
                let to = self.term(text);
                Stop::Redirect(status, to)
            }
            (_, None) if status >= 300 => Stop::Status(status),
            (_, text) => {
                let text = text.map(|text| self.term(text)).filter(|text| !text.is_empty());
                Stop::Answer(status, text)
            }
        }
    }

    fn replace(&mut self, pattern: &Arc<Pattern>, to: &Replacement, names: &[(usize, usize)]) -> Flow {
        let path = self.path.clone();
        if !self.assumed.ask(&path, &Test::fits(pattern)) {
            self.groups = Groups::None;
            return Ok(ControlFlow::Continue(()));
        }
        self.found(pattern, &path, names);
        if let Some(status) = to.redirect {
            return Err(self.redirected(status, to));
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
        if let Some(own) = args {
            let rest = if to.keeps_args { self.args.apply(Op::Ampersand) } else { Term::of("") };
            self.args = Term::join([own, rest]);
        } else if !to.keeps_args {
            self.args = Term::of("");
        }
        if self.assumed.ask(&text, &Test::Is(Vec::new())) {
            return Err(Stop::Status(500));
        }
        self.path = text;
        Ok(if to.is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn redirected(&mut self, status: u16, to: &Replacement) -> Stop {
        self.quotes = true;
        let text = self.script(&to.text).0.apply(Op::Unescape);
        self.quotes = false;
        let op = if to.has_args { Op::Ampersand } else { Op::Question };
        let rest = if to.keeps_args { self.args.apply(op) } else { Term::of("") };
        Stop::Redirect(status, Term::join([text, rest]))
    }

    fn condition(&mut self, condition: &Condition, text: &str) -> bool {
        match condition {
            Condition::True(variable) => {
                let value = self.term(variable);
                self.assumed.ask(&value, &Test::True)
            }
            Condition::Equal { left, right, is_not } => {
                let (left, right) = (self.term(left), self.script(right).0);
                let is_same = match right.literal() {
                    _ if left == right => true,
                    Some(right) => self.assumed.ask(&left, &Test::Is(right.to_vec())),
                    None => match left.literal() {
                        Some(left) => self.assumed.ask(&right, &Test::Is(left.to_vec())),
                        None => self.assumed.choose(format!("{left:?} is {right:?}"), 2) == 1,
                    },
                };
                is_same != *is_not
            }
            Condition::Fits { left, pattern: Ok(pattern), names, is_not } => {
                let left = self.term(left);
                let fits = self.assumed.ask(&left, &Test::fits(pattern));
                if fits {
                    self.found(pattern, &left, names);
                } else {
                    self.groups = Groups::None;
                }
                fits != *is_not
            }
            Condition::Fits { left, .. } => {
                let left = self.term(left);
                self.assumed.choose(format!("{text} {left:?}"), 2) == 1
            }
            Condition::File | Condition::Opaque => {
                let path = self.path.clone();
                self.assumed.choose(format!("{text} {path:?}"), 2) == 1
            }
        }
    }

    /// What an expression found in a value.
    pub(super) fn found(&mut self, pattern: &Arc<Pattern>, of: &Term, names: &[(usize, usize)]) {
        for (group, place) in names {
            let value = self.assumed.group(of, pattern, *group);
            self.set(*place, value);
        }
        self.groups = Groups::Of(Arc::clone(pattern), of.clone());
    }
}
