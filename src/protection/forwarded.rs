//! Whom the proxy believes when a request says that it comes from another address: all that goes by addresses hangs on it.

use super::Judgement;
use super::addresses::Addresses;
use super::lines::{first, lines};
use super::route::Route;
use super::shift::Shift;
use super::units::difference;

pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let words = |route: &Route<'_, '_>| {
        route.inherited(&["set_real_ip_from"]).into_iter().filter_map(first).map(|word| word.into_owned()).collect::<Vec<String>>()
    };
    let header = |route: &Route<'_, '_>| route.last("real_ip_header").map(|header| header.head());
    let (old, new) = (words(before), words(after));
    let (old_header, new_header) = (header(before), header(after));
    if (&old, &old_header) == (&new, &new_header) || !before.configuration.is_whole() || !after.configuration.is_whole() {
        return Vec::new();
    }
    let [was, is] = [&old, &new].map(|words| Addresses::of(words.iter().map(String::as_str)));
    // Whether clients reach the proxy past what writes the header is not known here.
    let shift = match (old.is_empty(), new.is_empty()) {
        (false, false) if old_header == new_header => match (is.is_within(&was), was.is_within(&is)) {
            (true, true) => Shift::SAME,
            (false, true) => Shift::OPENS,
            (true, false) => Shift::CLOSES,
            (false, false) => Shift::DIFFERS,
        },
        _ => Shift::DIFFERS,
    };
    let [shown_old, shown_new] = [&old, &new].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
    let message = match difference(&shown_old, &shown_new) {
        text if text.is_empty() => String::from("header that says where a request comes from is another one"),
        text => format!("proxies that are believed about the address of clients: {text}"),
    };
    let of_side = |route: &Route<'_, '_>| lines(route.inherited(&["set_real_ip_from"]).into_iter().chain(route.last("real_ip_header")));
    vec![Judgement::new("forwarded", shift.verdict(true, true), message, [of_side(before), of_side(after)])]
}
