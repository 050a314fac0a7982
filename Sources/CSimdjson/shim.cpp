#include "varve_simdjson.h"
