//! What can be asked of a value, and words for which the answers are as wanted.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use ipnet::IpNet;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::term::{Captures, Input};
use super::words::{self, Budget, beginning, ending, exactly, somewhere};
use super::work::Work;
use crate::nginx::{self, Pattern, hir};
use crate::route::model::{Definition, is_in};

/// A regular expression that is compared by how it is written.
#[derive(Debug, Clone)]
pub(in crate::route) struct Expression(pub(in crate::route) Arc<Pattern>);

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.0.text() == other.0.text() && self.0.is_caseless() == other.0.is_caseless()
    }
}

impl Eq for Expression {}

impl Hash for Expression {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text().hash(state);
        self.0.is_caseless().hash(state);
    }
}

/// A list of `allow` and `deny`: the first that fits counts; none fits everybody.
pub(in crate::route) type Rules = Arc<[(bool, Option<IpNet>)]>;
/// Values of networks, and that of all others.
pub(in crate::route) type Networks = Arc<(Vec<(IpNet, Vec<u8>)>, Vec<u8>)>;

/// What can be asked of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::route) enum Test {
    /// It is this.
    Is(Vec<u8>),
    /// The same in any case of letters.
    Caseless(Vec<u8>),
    /// nginx takes it for true.
    True,
    /// An expression fits it.
    Fits(Expression),
    /// It begins so.
    Begins(Vec<u8>),
    /// It is longer and ends so.
    Ends(Vec<u8>),
    /// The rule that counts lets the address through, or does not.
    Rule(Rules, bool),
    /// The networks have this value for the address.
    Network(Networks, Vec<u8>),
}

impl Test {
    pub(in crate::route) fn fits(pattern: &Arc<Pattern>) -> Self {
        Self::Fits(Expression(Arc::clone(pattern)))
    }

    /// The answer for a word.
    pub(in crate::route) fn holds(&self, word: &[u8]) -> bool {
        let address = || std::str::from_utf8(word).ok().and_then(|text| text.parse::<IpAddr>().ok());
        match self {
            Self::Is(text) => word == text.as_slice(),
            Self::Caseless(text) => word.eq_ignore_ascii_case(text),
            Self::True => !word.is_empty() && word != b"0",
            Self::Fits(expression) => expression.0.is_match(word),
            Self::Begins(text) => word.starts_with(text),
            Self::Ends(text) => word.len() > text.len() && word.ends_with(text),
            Self::Rule(rules, allows) => address().is_some_and(|address| {
                let rule = rules.iter().find(|(_, network)| network.is_none_or(|network| is_in(&network, address)));
                rule.is_some_and(|(allowed, _)| allowed == allows)
            }),
            Self::Network(networks, value) => {
                let found = address().map(|address| Definition::of_address(&networks.0, &networks.1, address));
                found.as_ref().and_then(|found| found.known()).unwrap_or(&networks.1) == value.as_slice()
            }
        }
    }

    /// Whether it holds for every word: an expression that fits nothing at its beginning fits there.
    pub(in crate::route) fn is_always(&self) -> bool {
        let Self::Fits(expression) = self else { return false };
        hir(&expression.0).is_some_and(|hir| {
            let properties = hir.properties();
            properties.minimum_len() == Some(0) && properties.look_set().iter().all(|look| look == Look::Start)
        })
    }

    /// The words that an automaton looks for.
    fn hir(&self) -> Option<Hir> {
        Some(match self {
            Self::Is(text) => exactly(text),
            Self::Begins(text) => beginning(text),
            Self::Ends(text) => ending(text),
            Self::Fits(expression) => somewhere(hir(&expression.0)?),
            Self::Caseless(text) => {
                let escaped = regex_syntax::escape(&String::from_utf8_lossy(text));
                nginx::parsed(&format!(r"\A(?:{escaped})\z"), true)?
            }
            Self::True | Self::Rule(..) | Self::Network(..) => return None,
        })
    }

    /// The hir of a path test; see [`words::regions`].
    pub(in crate::route) fn of_path(&self) -> Option<Hir> {
        self.hir()
    }

    /// Words that are worth a try.
    fn examples(&self, words: &mut Vec<Vec<u8>>) {
        match self {
            Self::Is(text) | Self::Caseless(text) | Self::Begins(text) => words.push(text.clone()),
            Self::Ends(text) => words.push([b"x", text.as_slice()].concat()),
            Self::True => words.extend([b"1".to_vec(), b"0".to_vec()]),
            Self::Fits(expression) => words.push(expression.0.text().trim_matches(['^', '$']).as_bytes().to_vec()),
            Self::Rule(rules, _) => rules.iter().filter_map(|(_, network)| *network).for_each(|network| around(network, words)),
            Self::Network(networks, _) => networks.0.iter().for_each(|(network, _)| around(*network, words)),
        }
    }
}

/// The first and the last address of a network, and those next to it: of networks that are within each other or apart, one of these is
/// in each part of the addresses that they cut out.
fn around(network: IpNet, words: &mut Vec<Vec<u8>>) {
    let mut add = |address: IpAddr| words.push(address.to_string().into_bytes());
    let (first, last) = (network.network(), network.broadcast());
    add(first);
    add(last);
    match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            add(IpAddr::V4(u32::from(last).wrapping_add(1).into()));
            add(IpAddr::V4(u32::from(first).wrapping_sub(1).into()));
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            add(IpAddr::V6(u128::from(last).wrapping_add(1).into()));
            add(IpAddr::V6(u128::from(first).wrapping_sub(1).into()));
        }
        _ => {}
    }
}

/// Whether there is a word for which all answers are as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::route) enum Solution {
    /// This one.
    Word(Vec<u8>),
    /// There is none.
    None,
    /// Nobody knows.
    Open,
}

/// What is wanted of an input.
pub(in crate::route) type Wanted = Vec<(Test, bool)>;

/// Finds words, and remembers them.
#[derive(Debug)]
pub(in crate::route) struct Solver {
    pub(in crate::route) captures: Captures,
    work: Rc<Work>,
    known: HashMap<(Input, Wanted), Solution>,
    pairs: HashMap<(Test, Test), Option<bool>>,
    /// Expressions without the `^` that they begin with.
    untied: HashMap<Expression, Option<Rc<Hir>>>,
}

/// What an automaton for one input may take.
const BUDGET: Budget = Budget { bytes: 1 << 20, states: 5_000 };
/// Answers that one word must give; more are not looked into.
const MOST_ANSWERS: usize = 12;

impl Solver {
    pub(in crate::route) fn new(work: Rc<Work>) -> Self {
        Self { captures: Captures::default(), work, known: HashMap::new(), pairs: HashMap::new(), untied: HashMap::new() }
    }

    fn untied(&mut self, expression: &Expression) -> Option<Rc<Hir>> {
        if let Some(known) = self.untied.get(expression) {
            return known.clone();
        }
        let found = hir(&expression.0).as_ref().map(without_start).map(Rc::new);
        self.untied.insert(expression.clone(), found.clone());
        found
    }

    /// Whether the second expression fits wherever the first one does, as the controller writes them: a path has a `^` before it where it
    /// finds a location, and none where it rewrites.
    pub(in crate::route) fn is_alike(&mut self, held: &Test, asked: &Test) -> bool {
        let (Test::Fits(held), Test::Fits(asked)) = (held, asked) else { return false };
        let is_loose = !asked.0.text().trim_start_matches("(?i)").starts_with('^');
        (is_loose || held == asked) && self.untied(held).is_some_and(|held| self.untied(asked).is_some_and(|asked| held == asked))
    }

    /// What a test says of all words for which another one holds; none where it says now this, now that.
    pub(in crate::route) fn implies(&mut self, held: &Test, asked: &Test) -> Option<bool> {
        let key = (held.clone(), asked.clone());
        if let Some(known) = self.pairs.get(&key) {
            return *known;
        }
        let found = if self.work.is_left() { implies(held, asked, &self.work) } else { None };
        self.pairs.insert(key, found);
        found
    }

    pub(in crate::route) fn solve(&mut self, input: &Input, wanted: &Wanted) -> Solution {
        let key = (input.clone(), wanted.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        // What is not looked for may be there: that is no more than a way which nobody takes.
        let found = if self.work.is_left() { find(input, wanted, &self.work) } else { Solution::Open };
        self.known.insert(key, found.clone());
        found
    }
}

fn implies(held: &Test, asked: &Test, work: &Work) -> Option<bool> {
    let (Test::Fits(held), Test::Fits(asked)) = (held, asked) else { return None };
    let (held, asked) = (hir(&held.0)?, hir(&asked.0)?);
    let all = [somewhere(held), somewhere(asked)];
    match words::solve(&all, &[false], BUDGET, work) {
        Some(None) => Some(true),
        _ => match words::solve(&all, &[true], BUDGET, work) {
            Some(None) => Some(false),
            _ => None,
        },
    }
}

/// An expression without the `^` that it begins with.
fn without_start(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Concat(all) if matches!(all.first().map(Hir::kind), Some(HirKind::Look(Look::Start))) => Hir::concat(all[1..].to_vec()),
        _ => hir.clone(),
    }
}

fn find(input: &Input, wanted: &Wanted, work: &Work) -> Solution {
    let fits = |word: &Vec<u8>| is_word(input, word) && wanted.iter().all(|(test, answer)| test.holds(word) == *answer);
    let mut examples = usual(input);
    wanted.iter().for_each(|(test, _)| test.examples(&mut examples));
    if let Some(word) = examples.into_iter().find(fits) {
        return Solution::Word(word);
    }
    if matches!(input, Input::Client(_)) {
        let is_of_networks = |test: &Test| matches!(test, Test::Rule(..) | Test::Network(..) | Test::Is(_));
        return if wanted.iter().all(|(test, _)| is_of_networks(test)) { Solution::None } else { Solution::Open };
    }
    // What must be one word is tried.
    if wanted.iter().any(|(test, answer)| *answer && matches!(test, Test::Is(_))) {
        return Solution::None;
    }
    if wanted.len() > MOST_ANSWERS {
        return Solution::Open;
    }
    let mut all = vec![letters(input)];
    let mut shall = Vec::new();
    for (test, answer) in wanted {
        match (test, test.hir()) {
            (_, Some(hir)) => {
                all.push(hir);
                shall.push(*answer);
            }
            (Test::True, None) => {
                all.extend([exactly(b""), exactly(b"0")]);
                if !*answer {
                    // One of both, which were tried.
                    return Solution::None;
                }
                shall.extend([false, false]);
            }
            (_, None) => return Solution::Open,
        }
    }
    match words::solve(&all, &shall, BUDGET, work) {
        Some(Some(word)) => Solution::Word(word),
        Some(None) => Solution::None,
        None => Solution::Open,
    }
}

/// Words that people would choose.
fn usual(input: &Input) -> Vec<Vec<u8>> {
    let all: &[&str] = match input {
        Input::Method => &["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"],
        Input::Client(_) => &["127.0.0.1", "192.0.2.1", "2001:db8::1", "10.0.0.1"],
        Input::HttpHost | Input::Host => &["example.com"],
        _ => &["", "1", "x", "zq"],
    };
    all.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// Whether a word can be sent there.
fn is_word(input: &Input, word: &[u8]) -> bool {
    let is_plain = word.iter().all(|byte| (b' '..0x7f).contains(byte) || *byte >= 0x80) && word.trim_ascii() == word;
    match input {
        Input::Method => !word.is_empty() && word.iter().all(|byte| byte.is_ascii_uppercase() || b"_-".contains(byte)),
        Input::Cookie(_) => is_plain && !word.contains(&b';'),
        Input::Argument(_) => is_plain && !word.iter().any(|byte| b"&# ".contains(byte)),
        Input::Args => is_plain && !word.iter().any(|byte| b"# ".contains(byte)),
        Input::Target => is_plain && word.first() == Some(&b'/') && !word.contains(&b' '),
        Input::HttpHost | Input::Host => !word.is_empty() && is_plain && !word.contains(&b' ') && !word.contains(&b'/'),
        Input::Client(_) => std::str::from_utf8(word).is_ok_and(|text| text.parse::<IpAddr>().is_ok()),
        Input::Path => word.first() == Some(&b'/') && !word.windows(2).any(|pair| pair == b"//" || pair == b"/."),
        Input::Header(_) | Input::Outside(_) => is_plain,
    }
}

/// The letters of such words; more than can be sent, where that is not plain to say.
fn letters(input: &Input) -> Hir {
    let text = match input {
        Input::Method => r"\A[A-Z_-]+\z",
        Input::Cookie(_) => r"\A[\t -:<-~\x80-\xff]*\z",
        Input::Outside(_) => r"\A[\x00-\xff]*\z",
        Input::Argument(_) => r"\A[!-\x22$%'-~\x80-\xff]*\z",
        Input::Args => r"\A[!-\x22$-~\x80-\xff]*\z",
        Input::Target => r"\A/[!-~\x80-\xff]*\z",
        Input::HttpHost | Input::Host => r"\A[!-.0-~\x80-\xff]+\z",
        Input::Path => r"\A/[\x01-\xff]*\z",
        Input::Client(_) | Input::Header(_) => r"\A(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?\z",
    };
    nginx::parsed(text, false).unwrap_or_else(Hir::fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str) -> Test {
        Test::fits(&Arc::new(Pattern::new(text, false).expect(text)))
    }

    #[test]
    fn an_expression_that_fits_nothing_at_the_beginning_fits_every_word() {
        for (text, expected) in [
            ("^[^:]*", true),
            ("^(?<part>[^,]*)", true),
            ("a*", true),
            ("(?:^a)?", true),
            ("^[^:]+", false),
            ("^$", false),
            ("^a*$", false),
            (r"\b", false),
        ] {
            assert_eq!(fits(text).is_always(), expected, "{text}");
        }
        assert!(!Test::Is(Vec::new()).is_always());
    }

    #[test]
    fn words_are_found_or_proved_to_be_none() {
        let header = Input::Header("x".into());
        let is = |text: &str| Test::Is(text.as_bytes().to_vec());
        for (wanted, expected) in [
            (vec![(is("a"), true)], Solution::Word(b"a".to_vec())),
            (vec![(is("a"), true), (fits("b"), true)], Solution::None),
            (vec![(fits("^ab+$"), true), (is("ab"), false)], Solution::Word(b"abb".to_vec())),
            (vec![(fits("^a"), true), (fits("^b"), true)], Solution::None),
            (vec![(fits("^a"), true), (fits("b$"), true)], Solution::Word(b"ab".to_vec())),
            (vec![(Test::True, false), (is(""), false)], Solution::Word(b"0".to_vec())),
            (vec![(Test::Caseless(b"on".to_vec()), true), (is("on"), false)], Solution::Word(b"oN".to_vec())),
        ] {
            assert_eq!(find(&header, &wanted, &Work::new(1 << 20, 0)), expected, "{wanted:?}");
        }
    }

    #[test]
    fn addresses_are_found_between_networks() {
        let client = Input::Client("".into());
        let rules = |list: &[(bool, &str)]| -> Rules { list.iter().map(|(allows, net)| (*allows, net.parse().ok())).collect() };
        let inner = Test::Rule(rules(&[(true, "10.1.0.0/16")]), true);
        let outer = Test::Rule(rules(&[(true, "10.0.0.0/8")]), true);
        assert_eq!(
            find(&client, &vec![(outer.clone(), true), (inner.clone(), false)], &Work::new(1 << 20, 0)),
            Solution::Word(b"10.0.0.1".to_vec())
        );
        assert_eq!(find(&client, &vec![(outer, false), (inner, true)], &Work::new(1 << 20, 0)), Solution::None);
    }
}
