#ifndef VARVE_SIMDJSON_H
#define VARVE_SIMDJSON_H
#endif
