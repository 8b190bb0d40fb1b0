//! The thin border: the only room that knows JavaScript.
