#include "defence.h"
