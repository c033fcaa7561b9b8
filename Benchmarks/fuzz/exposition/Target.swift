// The parsers need only the limits of `Target`; the whole of it needs the HTTP client.
package struct Target {}
