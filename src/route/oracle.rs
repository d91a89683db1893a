//! Answers to what a request does not say: each combination of them is a way of its own.

use std::borrow::Cow;

/// Ways that are told of one request at most.
pub const MOST_WAYS: usize = 64;

/// Answers questions in the order in which they come up, and remembers which other answers there were.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    /// The answers to give, by their places; 0 behind the last.
    script: Vec<usize>,
    /// How many answers each question of this run had.
    asked: Vec<usize>,
    /// What was assumed in this run.
    pub(super) assumed: Vec<String>,
}

impl Oracle {
    /// One of some answers: what is assumed with it. The first is that of the plain way.
    pub(super) fn choose(&mut self, answers: &[&str]) -> usize {
        self.choose_of(answers.len(), |answer| Cow::Borrowed(answers.get(answer).copied().unwrap_or_default()))
    }

    /// One of so many answers, of which only the one that is given has to be put into words.
    pub(super) fn choose_of<'w>(&mut self, answers: usize, words: impl FnOnce(usize) -> Cow<'w, str>) -> usize {
        let chosen = self.script.get(self.asked.len()).copied().unwrap_or(0).min(answers.saturating_sub(1));
        self.asked.push(answers);
        if self.script.len() < self.asked.len() {
            self.script.push(chosen);
        }
        let assumed = words(chosen);
        if !assumed.is_empty() && !self.assumed.iter().any(|known| **known == *assumed) {
            self.assumed.push(assumed.into_owned());
        }
        chosen
    }

    /// The same where an answer was given before in this run: then it is that one.
    pub(super) fn choose_again(&mut self, answers: &[&str]) -> usize {
        let given = answers.iter().position(|answer| self.assumed.iter().any(|known| known == answer));
        given.unwrap_or_else(|| self.choose(answers))
    }

    /// Prepares the next way; false where all were gone.
    pub(super) fn next(&mut self) -> bool {
        self.script.truncate(self.asked.len());
        while let Some(last) = self.script.pop() {
            if last + 1 < self.asked[self.script.len()] {
                self.script.push(last + 1);
                self.asked.clear();
                self.assumed.clear();
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_are_gone_once() {
        let (mut oracle, mut ways) = (Oracle::default(), Vec::new());
        loop {
            let mut way = vec![oracle.choose(&["a", "b"])];
            if way[0] == 1 {
                way.push(oracle.choose(&["c", "d", "e"]));
            }
            ways.push(way);
            if !oracle.next() {
                break;
            }
        }
        assert_eq!(ways, [vec![0], vec![1, 0], vec![1, 1], vec![1, 2]]);
    }
}
