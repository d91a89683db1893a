//! Requests that a regular expression gives up on: to HAProxy "gave up" is "does not fit", and that could open a door.

use super::answers::answer;
use super::effort;
use super::lines::Lines;

/// Refuses a text that patterns give up on, or that they would take too long for.
pub(super) fn refuse_untold<'p>(
    status: i64,
    sample: &str,
    condition: &str,
    patterns: impl Iterator<Item = &'p str> + Clone,
    lines: &mut Lines,
) {
    if let Some(longest) = effort::longest(patterns.clone()) {
        lines.rule(answer(status).code("if").code(condition).code(&format!("{{ {sample} -m len gt {longest} }}")));
    }
    for guard in patterns.filter_map(effort::guard) {
        let rule = answer(status).code("if").code(condition).code(&format!("{{ {sample} -m found }} !{{ {sample} -m reg"));
        lines.rule(rule.value(&guard).code("}"));
    }
}
