// header only
