//! What a way may depend on that is no matter of the request: the words for it, and which of it one request alone does not meet.

use super::decision::Decision;

/// A rate of requests: it is kept, or not.
pub(super) const RATE: [&str; 2] = ["requests are seldom enough", "requests are too many"];
/// A number of connections: it is kept, or not.
pub(super) const CONNECTIONS: [&str; 2] = ["there are few enough connections", "there are too many connections"];
/// The backend does not listen.
pub(super) const UNREACHABLE: &str = "the backend cannot be reached";
/// The backend takes too long.
pub(super) const SLOW: &str = "the backend does not answer in time";
/// The backend answers with a status that has a page of the proxy; the status follows.
pub(super) const ANSWERS: &str = "the backend answers ";
/// Nobody knows whether an upstream has endpoints; its name stands before it.
const IDLE: &str = "has no endpoint";
/// Chance decides; the share follows.
const CHANCE: &str = "chance puts it into a part of ";

/// How conditions begin that are about an address which nobody gives.
const OF_CLIENT: [&str; 3] = ["the client is ", "the connection comes from ", "the list of addresses "];

/// An upstream without endpoints.
pub(super) fn idle(upstream: &str) -> String {
    format!("`{upstream}` {IDLE}")
}

/// A part of the requests that chance chooses.
pub(super) fn by_chance(share: &str) -> String {
    format!("{CHANCE}{share}")
}

/// Whether a condition is met by each request that comes alone to a backend that serves.
fn goes_without_saying(condition: &str) -> bool {
    condition == RATE[0] || condition == CONNECTIONS[0]
}

/// Whether a condition needs more than one request, or a backend that fails.
fn is_of_trouble(condition: &str) -> bool {
    let words = [RATE[1], CONNECTIONS[1], UNREACHABLE, SLOW];
    words.contains(&condition) || condition.starts_with(ANSWERS) || condition.ends_with(IDLE)
}

impl Decision {
    /// What the way depends on where one request comes alone to a backend that serves: nothing of limits, and nothing that is left to
    /// chance, which [`Decision::odds`] holds.
    pub fn conditions(&self) -> impl Iterator<Item = &str> {
        let all = self.when.iter().map(String::as_str);
        all.filter(|condition| !goes_without_saying(condition) && !condition.starts_with(CHANCE))
    }

    /// What of the way takes more than one request, or a backend that fails.
    pub fn troubles(&self) -> impl Iterator<Item = &str> {
        self.when.iter().map(String::as_str).filter(|condition| is_of_trouble(condition))
    }

    /// What of the way depends on the address of the client, where nobody gives it.
    pub fn of_client(&self) -> impl Iterator<Item = &str> {
        self.when.iter().map(String::as_str).filter(|condition| OF_CLIENT.iter().any(|start| condition.starts_with(start)))
    }

    /// How likely chance takes this way: a share of one.
    #[must_use]
    pub fn chance(&self) -> f64 {
        self.odds.iter().product()
    }
}

/// The shares of some parts as they are written: percents, and a `*` for what is left.
pub(super) fn share(parts: &[&str], chosen: usize) -> f64 {
    let percent = |part: &&str| part.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    let given: f64 = parts.iter().filter_map(percent).sum();
    parts.get(chosen).map_or(0.0, |part| percent(part).unwrap_or((100.0 - given).max(0.0))) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_meets_no_limit() {
        let when = ["requests are seldom enough", "the password is right", "chance puts it into a part of 10%"];
        let way = Decision { when: when.map(str::to_owned).to_vec(), odds: vec![0.5, 0.1], ..Decision::default() };
        assert_eq!(way.conditions().collect::<Vec<_>>(), ["the password is right"]);
        assert_eq!((way.troubles().count(), way.chance()), (0, 0.05));
        for trouble in ["the backend answers 404", "`shop-web-80` has no endpoint", "there are too many connections"] {
            let way = Decision { when: vec![trouble.to_owned()], ..Decision::default() };
            assert_eq!(way.troubles().collect::<Vec<_>>(), [trouble]);
        }
    }

    #[test]
    fn the_rest_is_what_others_leave() {
        for (parts, chosen, expected) in [
            (vec!["10.00%", "*"], 0, 0.1),
            (vec!["10.00%", "*"], 1, 0.9),
            (vec!["25%", "25%", "*"], 2, 0.5),
            (vec!["100%", "*"], 1, 0.0),
            (vec![], 0, 0.0),
        ] {
            assert!((share(&parts, chosen) - expected).abs() < 1e-9, "{parts:?}");
        }
    }
}
