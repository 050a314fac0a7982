#include "varve_simdjson.h"

#include <new>
#include <simdjson.h>

static_assert(simdjson::SIMDJSON_PADDING <= VARVE_JSON_PADDING, "Swift leaves too few bytes behind a text");

struct varve_json_parser {
    simdjson::dom::parser parser;
    explicit varve_json_parser(size_t capacity) : parser(capacity) {}
};

extern "C" varve_json_parser *varve_json_create(size_t capacity, size_t depth) {
    auto *made = new (std::nothrow) varve_json_parser(capacity);
    if (!made) return nullptr;
    if (made->parser.allocate(capacity, depth) || made->parser.doc.allocate(capacity)) {
        delete made;
        return nullptr;
    }
    return made;
}

extern "C" void varve_json_destroy(varve_json_parser *parser) { delete parser; }

static varve_json_error meaning(simdjson::error_code code) {
    using namespace simdjson;
    switch (code) {
    case SUCCESS: return VARVE_JSON_OK;
    case NUMBER_ERROR: return VARVE_JSON_NUMBER;
    case STRING_ERROR: case UNCLOSED_STRING: case UNESCAPED_CHARS: return VARVE_JSON_STRING;
    case UTF8_ERROR: return VARVE_JSON_UTF8;
    case DEPTH_ERROR: return VARVE_JSON_DEPTH;
    case EMPTY: return VARVE_JSON_EMPTY;
    case CAPACITY: return VARVE_JSON_CAPACITY;
    case MEMALLOC: return VARVE_JSON_MEMORY;
    default: return VARVE_JSON_SYNTAX;
    }
}

extern "C" varve_json_error varve_json_parse(
    varve_json_parser *parser, const uint8_t *bytes, size_t count, varve_json_result *result) {
    auto error = parser->parser.parse(bytes, count, false).error();
    if (error) return meaning(error);
    result->tape = parser->parser.doc.tape.get();
    result->strings = parser->parser.doc.string_buf.get();
    result->tokens = parser->parser.implementation->structural_indexes.get();
    result->token_count = parser->parser.implementation->n_structural_indexes;
    return VARVE_JSON_OK;
}

extern "C" varve_json_error varve_json_index(
    varve_json_parser *parser, const uint8_t *bytes, size_t count, varve_json_result *result) {
    auto &found = *parser->parser.implementation;
    auto error = found.stage1(bytes, count, simdjson::stage1_mode::regular);
    if (error) return meaning(error);
    result->tape = nullptr;
    result->strings = nullptr;
    result->tokens = found.structural_indexes.get();
    result->token_count = found.n_structural_indexes;
    return VARVE_JSON_OK;
}
