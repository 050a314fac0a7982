// simdjson's DOM parser for Swift: one call parses a whole buffer, and what the parser made is handed out as plain pointers.
// Swift walks them itself; there is no call per value.
//
//   tape     64-bit words, type in the top byte, payload below (https://github.com/simdjson/simdjson/blob/master/doc/tape.md)
//              '{' '['   low 32 bits: index of the word after the matching end; bits 32..55: how many members, at most 0xFFFFFF
//              '}' ']'   low 32 bits: index of the matching start
//              '"'       where in `strings` the string stands: 4 bytes length, the unescaped bytes, a NUL
//              'l' 'u' 'd'   the next word is an Int64, UInt64 or Double
//              't' 'f' 'n'   true, false, null
//              'r'       first and last word of the document
//   tokens   byte positions of all structural characters and of the first byte of every scalar, in order
#ifndef VARVE_SIMDJSON_H
#define VARVE_SIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes behind the text that a parser may read (and ignore): the caller owns at least so many more.
#define VARVE_JSON_PADDING 64

typedef struct varve_json_parser varve_json_parser;

typedef struct {
    const uint64_t *tape;
    const uint8_t *strings;
    const uint32_t *tokens;
    size_t token_count;
} varve_json_result;

/// What was wrong, in our own numbers: those of simdjson change between versions.
typedef enum {
    VARVE_JSON_OK = 0,
    VARVE_JSON_SYNTAX = 1,
    VARVE_JSON_NUMBER = 2,
    VARVE_JSON_STRING = 3,
    VARVE_JSON_UTF8 = 4,
    VARVE_JSON_DEPTH = 5,
    VARVE_JSON_EMPTY = 6,
    VARVE_JSON_CAPACITY = 7,
    VARVE_JSON_MEMORY = 8
} varve_json_error;

/// A parser for texts of up to `capacity` bytes and `depth` levels; null when there is no memory for it.
varve_json_parser *varve_json_create(size_t capacity, size_t depth);
void varve_json_destroy(varve_json_parser *parser);

/// Parses one document. The pointers in `result` are good until the next call with the same parser.
varve_json_error varve_json_parse(
    varve_json_parser *parser, const uint8_t *bytes, size_t count, varve_json_result *result);

/// Only finds the tokens, of any number of documents: simdjson's first stage, which is a third of its work. What it has checked
/// then: the text is UTF-8, every string is closed, and none holds a raw control character, so no newline either. Behind the
/// last token stand two more words, the text's length.
varve_json_error varve_json_index(
    varve_json_parser *parser, const uint8_t *bytes, size_t count, varve_json_result *result);

#ifdef __cplusplus
}
#endif
#endif
